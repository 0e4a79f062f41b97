import { createHash } from 'node:crypto'
import type { Pipeline } from '../config/pipeline.ts'
import { CODE_VERSION } from '../version.ts'

/** Longer than any name in a store; what is longer all the same is not carried, and all is listed. */
const LONGEST_BYTES = 1_100

/** From where one process may go on with the listings of another. Small, whatever the source has. */
export interface Mark {
  /** All that a listing has shown up to this path was up to date then: nothing of it was pending, held back or being loaded. */
  readonly after: string
  /** When the last listing of everything had come to its end. */
  readonly sweptAt: string
  /** Of which source, config, code and ledger that is true. */
  readonly of: string
}

/** What a mark is true of: with any of it changed, files that were passed over may count. */
export function groundOf({ source, partitions, arrival, afterLoad }: Pipeline, generation: string): string {
  const ground = JSON.stringify([CODE_VERSION, source, partitions, arrival, afterLoad, generation])
  return createHash('sha256').update(ground).digest('hex').slice(0, 32)
}

/** The highest name that is not above `after`, and below all of these; undefined where there is none, or none that is short enough. */
export function below(after: string, paths: Iterable<string>): string | undefined {
  let lowest: string | undefined
  for (const path of paths) if (isBefore(path, lowest ?? after)) lowest = path
  // What a name begins with comes before it in every order of bytes.
  const name = lowest === undefined ? after : [...lowest].slice(0, -1).join('')
  return name === '' || Buffer.byteLength(JSON.stringify(name)) > LONGEST_BYTES ? undefined : name
}

/** In the order of a listing; also of the same name. */
export function isBefore(path: string, other: string): boolean {
  return Buffer.compare(Buffer.from(path), Buffer.from(other)) <= 0
}
