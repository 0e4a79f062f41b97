import { posix } from 'node:path'
import type { LoadedVersion } from './source.ts'

const MOST_OF_ONE_NAME = 100

/** What a file may be called where it is moved to: as it was; when that is taken, with its sequence before the ending. */
export function* movedNames({ path, sequence }: LoadedVersion, to: string): Generator<string> {
  const ending = path.endsWith('.gz') ? `${posix.extname(path.slice(0, -'.gz'.length))}.gz` : posix.extname(path)
  const stem = path.slice(0, path.length - ending.length)
  yield posix.join(to, path)
  yield posix.join(to, `${stem}.${sequence}${ending}`)
  for (let more = 2; more < MOST_OF_ONE_NAME; more++) yield posix.join(to, `${stem}.${sequence}-${more}${ending}`)
}
