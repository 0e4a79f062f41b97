import type { DuckDBConnection } from '@duckdb/node-api'
import { messageOf, TidemarkError } from '../../errors.ts'
import type { GoneFile, Outcome, Publication, Published } from '../publication.ts'
import { publishAll } from './publish.ts'
import { isOfMachine } from './warehouse-failure.ts'

/** All that is done in one transaction, or nothing of it. */
export type Change = <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>

/**
 * Publishes in one transaction. What the table refuses of one partition it would refuse for ever, and all that came with it: then each
 * group of partitions gets a transaction of its own, and in a group that fails each partition. Only those that break theirs are left
 * alone, with the reason. What may break any transaction (a full disk, a file that somebody else holds) is nobody's fault, and thrown.
 */
export async function publish(change: Change, publication: Publication): Promise<Published> {
  const { keys } = publication
  try {
    return await change((connection) => publishAll(connection, publication))
  } catch (error) {
    if (keys.length < 2 && !publication.leaveRefused) throw error
    throwIfOfMachine(error)
  }
  const parts: Parts = { keys: [], outcomes: [], gone: [], refused: new Map() }
  await publishParts(change, publication, groupsOf(keys), parts)
  const { refused } = parts
  if (refused.size > 0) {
    const leftAlone = { ...onlyOf(publication, []), keys: [...refused.keys()], postponed: refused }
    await change((connection) => publishAll(connection, leftAlone))
  }
  return parts
}

interface Parts {
  readonly keys: string[]
  readonly outcomes: Outcome[]
  readonly gone: GoneFile[]
  readonly refused: Map<string, string>
}

async function publishParts(
  change: Change,
  publication: Publication,
  groups: readonly (readonly string[])[],
  parts: Parts,
): Promise<void> {
  for (const group of groups) {
    try {
      const published = await change((connection) => publishAll(connection, onlyOf(publication, group)))
      parts.keys.push(...published.keys)
      parts.outcomes.push(...published.outcomes)
      parts.gone.push(...published.gone)
    } catch (error) {
      throwIfOfMachine(error)
      const [key = '', ...others] = group
      if (others.length === 0) parts.refused.set(key, messageOf(error))
      else
        await publishParts(
          change,
          publication,
          group.map((one) => [one]),
          parts,
        )
    }
  }
}

/** As many as each of them has: a transaction costs as much as hundreds of rows, and a broken one is done again in full. */
function groupsOf(keys: readonly string[]): string[][] {
  const size = Math.ceil(Math.sqrt(keys.length))
  return Array.from({ length: Math.ceil(keys.length / size) }, (_, at) => keys.slice(at * size, (at + 1) * size))
}

function onlyOf(publication: Publication, keys: readonly string[]): Publication {
  const { outcomes, gone = [], postponed = new Map<string, string>(), unfinished = [] } = publication
  const own = new Set(keys)
  return {
    ...publication,
    keys,
    outcomes: outcomes.filter(({ key }) => own.has(key)),
    gone: gone.filter(({ key }) => own.has(key)),
    postponed: new Map([...postponed].filter(([key]) => own.has(key))),
    unfinished: unfinished.filter((key) => own.has(key)),
  }
}

function throwIfOfMachine(error: unknown): void {
  if (!(error instanceof TidemarkError) || isOfMachine(error)) throw error
}
