import type { Cadence } from './cadence.ts'
import type { NamedFile } from './name-shape.ts'

/** The part of a config's glob that is the same in all texts, with `*` for what is not. */
interface Common {
  readonly prefix: string
  readonly suffix: string
  readonly isWhole: boolean
}

const ISO = /\{yyyy\}(?:-\{MM\}(?:-\{dd\}(?:-\{HH\})?)?)/
const NUMBERS = /\d+(?:[-_.]\d+)*/
const YEAR_DIGITS = 4
/** Stand for a date in a name until the names have been compared: no file is called so. */
const DATE = '\uE000'

/**
 * The glob that finds these files, all of one ending, with the date, or what differs between them, as their key. With a `cadence` the date may
 * lie in folders; without, it is one text in one name, or there is no glob. `isSpelt`: written by its parts, though its key would do.
 */
export function filesPattern(files: readonly NamedFile[], cadence: Cadence | undefined, isSpelt = false): string | undefined {
  const [first] = files
  if (first === undefined) return undefined
  const { template } = first.date ?? {}
  const stems = files.map(({ stem, date }) =>
    date === undefined ? stem : `${date.before}${dateMark(date.template)}${date.after}`,
  )
  const names = segmentsOf(stems)
  const globs = names.map((texts, place) => {
    const common = commonOf(texts)
    return common.isWhole && place < names.length - 1 ? withoutDate(common, files) : common
  })
  const ending = literal(first.ending) + packingGlob(files)
  if (template === undefined) return undated(globs, ending)
  const written = globs
    .map(({ prefix, suffix, isWhole }) => `${literal(prefix)}${isWhole ? '' : '*'}${literal(suffix)}`)
    .join('/')
  const [before = '', after = ''] = split(written)
  const isBare = !before.endsWith('*') && !after.startsWith('*')
  const isOneName = !template.includes('/')
  const asKey = isBare && isOneName ? `${before}{partition}${after}${ending}` : undefined
  if (cadence === undefined) return asKey
  // What reads as keys are written by default says so more simply.
  return !isSpelt && template.replace(ISO, '') === '' && asKey !== undefined ? asKey : `${before}${template}${after}${ending}`
}

/** A folder that says again what the date does, such as its year, is another one for the next year's files. */
function withoutDate(folder: Common, files: readonly NamedFile[]): Common {
  const written = NUMBERS.exec(folder.prefix)
  if (written === null) return folder
  const digits = written[0].replaceAll(/\D/g, '')
  const isOfDate = files.every(({ date }) => {
    const parts = date?.key?.split('-') ?? []
    return parts.includes(digits) || (digits.length >= YEAR_DIGITS && parts.join('').startsWith(digits))
  })
  if (!isOfDate) return folder
  const end = written.index + written[0].length
  return { prefix: folder.prefix.slice(0, written.index), suffix: folder.prefix.slice(end), isWhole: false }
}

/** One mark for each name that the date goes through. */
function dateMark(template: string): string {
  return template.replaceAll(/[^/]+/g, DATE)
}

function split(written: string): [string, string] {
  return [written.slice(0, written.indexOf(DATE)), written.slice(written.lastIndexOf(DATE) + 1)]
}

/** The first name that differs is the key; of a single file its ending is. */
function undated(globs: readonly Common[], ending: string): string {
  const differs = globs.findIndex(({ isWhole }) => !isWhole)
  const written = globs.map(({ prefix, suffix, isWhole }, index) => {
    if (isWhole) return literal(prefix)
    return `${literal(prefix)}${index === differs ? '{partition}' : '*'}${literal(suffix)}`
  })
  const path = written.join('/')
  return differs === -1 ? `${path}.{partition}${/\.gz$/i.exec(ending)?.[0] ?? ''}` : path + ending
}

function packingGlob(files: readonly NamedFile[]): string {
  const packings = [...new Set(files.map(({ packing }) => packing))].sort()
  return packings.length === 1 ? (packings[0] ?? '') : `{${packings.join(',')}}`
}

/** For each place in the paths the names there. All have as many. */
function segmentsOf(stems: readonly string[]): string[][] {
  const paths = stems.map((stem) => stem.split('/'))
  return (paths[0] ?? []).map((_, place) => paths.map((names) => names[place] ?? ''))
}

function commonOf(texts: readonly string[]): Common {
  const [first = ''] = texts
  if (texts.every((text) => text === first)) return { prefix: first, suffix: '', isWhole: true }
  const prefix = cutBack(first, lengthInCommon(texts), texts)
  const reversed = texts.map((text) => [...text.slice(prefix)].reverse().join(''))
  const suffix = cutBack(reversed[0] ?? '', lengthInCommon(reversed), reversed)
  // A number beside what differs is a part of it: the year of days of one year is no constant.
  return {
    prefix: first.slice(0, prefix).replace(/\d[-_.\d]*$/, ''),
    suffix: first.slice(first.length - suffix).replace(/^[-_.\d]*\d/, ''),
    isWhole: false,
  }
}

function lengthInCommon(texts: readonly string[]): number {
  const [first = ''] = texts
  let length = 0
  while (length < first.length && texts.every((text) => text[length] === first[length])) length++
  return length
}

/** Not within a word or a number: of part-01 and part-02 `part-` is the same, not `part-0`. */
function cutBack(first: string, length: number, texts: readonly string[]): number {
  let cut = length
  while (cut > 0 && texts.some((text) => kindOf(text[cut]) === kindOf(first[cut - 1]) && kindOf(text[cut]) !== '')) cut--
  return cut
}

function kindOf(char: string | undefined): string {
  if (char === undefined || char === DATE) return ''
  if (/\d/.test(char)) return 'digit'
  return /[\p{L}\p{M}]/u.test(char) ? 'letter' : ''
}

function literal(text: string): string {
  return text.replaceAll(/[*?[{}]/g, '[$&]')
}
