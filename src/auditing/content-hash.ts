import { createHash } from 'node:crypto'
import type { Source, Version } from '../sources/source.ts'

/** SHA-256 of a file as it is in the source, as the ledger has it of what was loaded. */
export async function contentHash(source: Pick<Source, 'open'>, version: Version): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of await source.open(version)) hash.update(chunk)
  return hash.digest('hex')
}
