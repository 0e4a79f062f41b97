import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DuckDBConnection, DuckDBInstance, DuckDBPreparedStatement } from '@duckdb/node-api'

/** What a load asks of a database or of the file system: `FROM t`, `lstat`. */
export interface Step {
  readonly what: string
  /** In the warehouse's file, in the database that reads files nobody has vouched for, or in the file system. */
  readonly where: 'warehouse' | 'sandbox' | 'files'
}

/** Of a statement. A fault before what only reads is the same as one before the write that follows. */
export const WRITES = /^(INSERT|UPDATE|DELETE|CREATE|ALTER|COMMIT|append)/

/** Decides on a step before it is made; and after it, when that is asked for by an answer. Throwing makes it fail. */
export type Decide = (step: Step) => undefined | (() => void)

const FILE_CALLS = ['link', 'lstat', 'mkdir', 'open', 'readdir', 'realpath', 'rename', 'rm', 'stat', 'unlink'] as const
const HANDLE_CALLS = ['read', 'stat', 'truncate', 'write'] as const

/** A handle that nobody gets is a leak of the test alone. */
async function closed(handle: unknown): Promise<void> {
  const close: unknown = handle instanceof Object ? Reflect.get(handle, 'close') : undefined
  if (typeof close === 'function') await Reflect.apply(close, handle, [])
}

/** From here on each such call of this process asks first. For a process that ends with its test. */
export async function decideEachStep(decide: Decide): Promise<void> {
  const ofFiles = new WeakSet<object>()
  const { create } = DuckDBInstance
  DuckDBInstance.create = async (path, options) => {
    decide({ what: `open ${path === ':memory:' ? 'a sandbox' : 'the warehouse'}`, where: 'files' })
    const instance = await create.call(DuckDBInstance, path, options)
    if (path !== ':memory:') ofFiles.add(instance)
    return instance
  }
  const { connect } = DuckDBInstance.prototype
  DuckDBInstance.prototype.connect = async function () {
    const connection = await connect.call(this)
    if (ofFiles.has(this)) ofFiles.add(connection)
    return connection
  }
  const ofSql = (sql: unknown, connection: unknown): Step => ({
    what: String(sql).trim().split('\n', 1)[0] ?? '',
    where: ofFiles.has(Object(connection)) ? 'warehouse' : 'sandbox',
  })
  wrap(DuckDBConnection.prototype, 'run', ofSql)
  // Those that stay prepared; `run` of a connection prepares in another way.
  const prepared = new WeakMap<object, Step>()
  const { prepare } = DuckDBConnection.prototype
  DuckDBConnection.prototype.prepare = async function (sql) {
    const statement = await prepare.call(this, sql)
    prepared.set(statement, ofSql(sql, this))
    return statement
  }
  wrap(DuckDBPreparedStatement.prototype, 'run', (_, statement) => prepared.get(Object(statement)))
  wrap(DuckDBConnection.prototype, 'createAppender', (table, connection) => ({
    what: `append to ${table}`,
    where: ofFiles.has(Object(connection)) ? 'warehouse' : 'sandbox',
  }))
  const handle = await fs.promises.open(process.execPath)
  const handles: object = Object.getPrototypeOf(handle)
  await handle.close()
  for (const call of FILE_CALLS) wrap(fs.promises, call, () => ({ what: call, where: 'files' }))
  for (const call of HANDLE_CALLS) wrap(handles, call, () => ({ what: `handle.${call}`, where: 'files' }))
  syncBuiltinESMExports()

  function wrap(owner: object, call: string, stepOf: (first: unknown, self: unknown) => Step | undefined): void {
    const original: unknown = Reflect.get(owner, call)
    if (typeof original !== 'function') throw new Error(`expected ${call} to be a function`)
    Reflect.set(owner, call, async function (this: unknown, ...args: unknown[]) {
      const step = stepOf(args[0], this)
      const after = step && decide(step)
      const result: unknown = await Reflect.apply(original, this, args)
      try {
        after?.()
      } catch (lost) {
        await closed(result)
        throw lost
      }
      return result
    })
  }
}
