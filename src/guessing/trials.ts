import { DATE_FORMATS, TIMESTAMP_FORMATS } from './guess-formats.ts'

/** A type that a column may have; ISO where it has no format. */
export interface Trial {
  readonly type: string
  readonly format?: string
}

/** Eight digits are a day only in a column that is called so. */
const DAY_BY_NAME = /dat|day|tag|jour|fecha|dt/i
const TIMES = ['TIMESTAMP', 'TIMESTAMPTZ'] as const

/** What to try of a column, by an example of each file. To try everything of everything would take minutes. */
export function trialsOf(name: string, examples: readonly string[]): readonly Trial[] {
  const masks = new Set(examples.map(maskOf))
  const looks = (format: string) => masks.has(maskOf(written(format)))
  const days = DATE_FORMATS.filter((format) => looks(format) && (format !== '%Y%m%d' || DAY_BY_NAME.test(name)))
  const times = TIMESTAMP_FORMATS.filter(looks)
  const all = [...masks]
  return [
    ...(all.some((mask) => /^[a-z]+$/.test(mask)) ? [{ type: 'BOOLEAN' }] : []),
    ...(all.some((mask) => /\d/.test(mask) || /^[+-]?a$/.test(mask)) ? [{ type: 'BIGINT' }, { type: 'DOUBLE' }] : []),
    ...(all.some((mask) => mask.startsWith('9-9-9')) ? ['DATE', ...TIMES].map((type) => ({ type })) : []),
    ...(all.some((mask) => mask.startsWith('9:9')) ? [{ type: 'TIME' }] : []),
    ...(examples.some((text) => text.trim().length === 36) ? [{ type: 'UUID' }] : []),
    ...days.map((format) => ({ type: 'DATE', format })),
    ...times.map((format) => ({ type: 'TIMESTAMP', format })),
  ]
}

/** A text with its numbers and words made alike. */
function maskOf(text: string): string {
  return text
    .trim()
    .replaceAll(/\p{L}+/gu, 'a')
    .replaceAll(/\d+/g, '9')
}

/** An example of a format. */
function written(format: string): string {
  return format.replaceAll(/%[bBp]/g, 'x').replaceAll(/%[A-Za-z]/g, '1')
}
