import { stat } from 'node:fs/promises'

/**
 * Changes whenever something was committed to a DuckDB file. Nothing is opened, so that nobody waits for it: the file and its log are looked
 * at from outside.
 */
export async function ledgerMark(file: string): Promise<string> {
  const marks = await Promise.all(
    [file, `${file}.wal`].map(async (path) => {
      const found = await stat(path, { bigint: true }).catch(() => undefined)
      return found === undefined ? '' : `${found.ino}-${found.size}-${found.mtimeNs}`
    }),
  )
  return marks.join(' ')
}
