import type { Csv } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'

/** How a file's bytes are split into records and fields. */
export interface Dialect {
  readonly delimiter: Uint8Array
  readonly quote: number
  readonly escape: number
}

const LINE_ENDS = ['\n', '\r']

/** @throws TidemarkError ConfigInvalid when no file can be read this way */
export function dialectOf(csv: Csv): Dialect {
  const delimiter = Buffer.from(csv.delimiter)
  if (delimiter.length === 0 || LINE_ENDS.includes(csv.delimiter)) {
    throw new TidemarkError('ConfigInvalid', `csv.delimiter: expected a character, got ${JSON.stringify(csv.delimiter)}`)
  }
  if (csv.delimiter === csv.quote || csv.delimiter === csv.escape) {
    throw new TidemarkError(
      'ConfigInvalid',
      `csv.delimiter: ${JSON.stringify(csv.delimiter)} is the quote or escape character too`,
    )
  }
  return { delimiter, quote: oneByte('quote', csv.quote), escape: oneByte('escape', csv.escape) }
}

function oneByte(name: string, text: string): number {
  const [byte, ...more] = Buffer.from(text)
  if (byte === undefined || more.length > 0 || LINE_ENDS.includes(text)) {
    throw new TidemarkError('ConfigInvalid', `csv.${name}: expected one ASCII character, got ${JSON.stringify(text)}`)
  }
  return byte
}
