import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api'
import { expect, test } from '@jest/globals'
import { messageOf } from '../../src/errors.ts'
import { Gate } from '../../src/warehouse/duckdb/gate.ts'
import { migrate } from '../../src/warehouse/duckdb/migrate.ts'
import { publishAll } from '../../src/warehouse/duckdb/publish.ts'
import { transaction } from '../../src/warehouse/duckdb/sql.ts'
import { Loads } from './staged-outcomes.ts'

const BEFORE = [
  ['a.csv', 1],
  ['b.csv', 2],
]
const AFTER = [
  ['a.csv', 7],
  ['b.csv', 2],
  ['e.csv', 8],
]

test.each(['not run', 'run, but its answer lost'] as const)('a publish with any one statement %s leaves no half', async (how) => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT 1 AS n'), await loads.good('b', 'SELECT 2 AS n'), loads.held('e', 'bad'))
  await loads.warehouse.decide(loads.pipeline.name, 'e.csv', { decision: 'retry', reason: null, by: null })
  const keys = ['a', 'b', 'c', 'd', 'e']
  const { claim } = await loads.claim(keys)
  const good = [await loads.good('a', 'SELECT 7 AS n'), await loads.answer(await loads.good('e', 'SELECT 8 AS n'), 'retry')]
  const outcomes = [...good, loads.same('b'), loads.held('c', 'bad')]
  const publication = { ...loads.publication(claim, outcomes), keys, postponed: new Map([['d', 'unreadable']]) }
  await loads.warehouse[Symbol.asyncDispose]()

  await using gate = new Gate({ file: loads.workspace.config.warehouse.file, prepare: migrate })
  const publish = (failAt: number) =>
    gate.run(async (connection) => {
      const failing = new FailingConnection(connection, failAt, how)
      const result = await transaction(failing.connection, () => publishAll(failing.connection, publication)).catch(messageOf)
      return { result, last: failing.last }
    })

  const before = await everything(gate)
  expect(await rows(gate)).toEqual(BEFORE)
  let failAt = 0
  let last = ''
  while (last !== 'COMMIT') {
    const failed = await publish(++failAt)
    last = failed.last
    expect(failed.result).toBe(`statement ${failAt} fails`)
    // An answer that is lost in the commit itself is the one unknown outcome.
    if (last !== 'COMMIT' || how === 'not run') expect(await everything(gate)).toEqual(before)
  }
  expect(failAt).toBeGreaterThan(10)

  expect((await publish(0)).result).toMatchObject({ keys: how === 'not run' ? keys : [] }) // the claim is spent
  expect(await rows(gate)).toEqual(AFTER)
  const [, files = [], claims = []] = await everything(gate)
  expect(files).toHaveLength(6)
  expect(claims).toHaveLength(1) // that of the partition that is left alone for a while
})

/** A connection whose statement number `failAt` fails. What follows it is not counted: the rollback. */
class FailingConnection {
  readonly connection: DuckDBConnection
  last = ''
  #statements = 0

  constructor(connection: DuckDBConnection, failAt: number, how: 'not run' | 'run, but its answer lost') {
    const guarded = async <T>(statement: string, run: () => Promise<T>): Promise<T> => {
      if (++this.#statements > failAt && failAt > 0) return run()
      this.last = statement
      if (this.#statements !== failAt) return run()
      if (how === 'run, but its answer lost') await run()
      throw new Error(`statement ${failAt} fails`)
    }
    this.connection = new Proxy(connection, {
      get: (target, name) => {
        if (name === 'run') return (...args: Parameters<typeof target.run>) => guarded(args[0], () => target.run(...args))
        if (name === 'createAppender')
          return (...args: Parameters<typeof target.createAppender>) => guarded('append', () => target.createAppender(...args))
        if (name === 'prepare')
          return async (sql: string) => guardedStatement(await target.prepare(sql), (run) => guarded(sql, run))
        return Reflect.get(target, name)
      },
    })
  }
}

function guardedStatement(
  statement: DuckDBPreparedStatement,
  guarded: <T>(run: () => Promise<T>) => Promise<T>,
): DuckDBPreparedStatement {
  return new Proxy(statement, {
    get: (target, name) => {
      if (name === 'run') return () => guarded(() => target.run())
      if (name === 'runAndReadAll') return () => guarded(() => target.runAndReadAll())
      return typeof Reflect.get(target, name) === 'function' ? Reflect.get(target, name).bind(target) : Reflect.get(target, name)
    },
  })
}

function everything(gate: Gate): Promise<unknown[][]> {
  const tables = ['prices', 'tidemark.files', 'tidemark.claims', 'tidemark.rejected_rows']
  return Promise.all(tables.map((table) => read(gate, `FROM ${table} ORDER BY ALL`)))
}

function rows(gate: Gate): Promise<unknown[][]> {
  return read(gate, 'SELECT _tidemark_file, n FROM prices ORDER BY ALL')
}

function read(gate: Gate, sql: string): Promise<unknown[][]> {
  return gate.run(async (connection) => (await connection.runAndReadAll(sql)).getRowsJson())
}
