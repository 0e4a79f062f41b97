import { TidemarkError } from '../errors.ts'

/** What a path tells: the whole key, or a part of its date. */
export const HOLES = { partition: '.+?', yyyy: '\\d{4}', MM: '\\d{2}', dd: '\\d{2}', HH: '\\d{2}' } as const
export type Hole = keyof typeof HOLES
export type Filled = Partial<Record<Hole, string>>

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'hole'; readonly hole: Hole }
  /** `*`, `?`, a class, or part of a choice, as a regular expression. */
  | { readonly kind: 'wild'; readonly source: string }

const TOKEN =
  /\{(?<hole>partition|yyyy|MM|dd|HH)\}|(?<stars>\*+)|(?<one>\?)|\[(?<not>[!^]?)(?<set>\]?[^\]]*)\]|(?<mark>[{},[])|(?<text>[^*?[{},]+)/gsu

/**
 * The pieces of one segment of a glob. Raises `ConfigInvalid`.
 *
 * Small on purpose: glob libraries also read quotes, parentheses, `!` and `+`, which are plain characters in file names,
 * take a range that runs backwards for one that matches nothing, and count an emoji as two characters.
 */
export function parseGlob(segment: string): readonly Piece[] {
  const pieces: Piece[] = []
  const choices: { alternatives: number; from: number }[] = []
  for (const { index, 0: token, groups = {} } of segment.matchAll(TOKEN)) {
    const { hole, stars, one, not, set, mark, text } = groups
    const choice = choices.at(-1)
    if (isHole(hole)) {
      if (choice) throw fault(segment, `${token} cannot stand within a choice {…,…}`)
      pieces.push({ kind: 'hole', hole })
    } else if (stars !== undefined) {
      if (stars.length > 1) throw fault(segment, '** must stand alone between two slashes; write * within a name')
      pieces.push({ kind: 'wild', source: '.*?' })
    } else if (one !== undefined) pieces.push({ kind: 'wild', source: '.' })
    else if (set !== undefined) pieces.push({ kind: 'wild', source: `[${not ? '^' : ''}${classOf(segment, set)}]` })
    else if (mark === '[')
      throw fault(segment, 'the [ is not closed by a ] before the next slash; write [[] for the character itself')
    else if (mark === '{') {
      choices.push({ alternatives: 1, from: index })
      pieces.push({ kind: 'wild', source: '(?:' })
    } else if (mark === '}') {
      if (!choice) throw fault(segment, 'the } closes nothing; write [}] for the character itself')
      if (choice.alternatives === 1) throw fault(segment, notAChoice(segment.slice(choice.from, index + 1)))
      choices.pop()
      pieces.push({ kind: 'wild', source: ')' })
    } else if (mark === ',' && choice) {
      choice.alternatives += 1
      pieces.push({ kind: 'wild', source: '|' })
    } else pieces.push({ kind: 'text', text: text ?? token })
  }
  if (choices.length > 0)
    throw fault(segment, 'the { is not closed by a } before the next slash; write [{] for the character itself')
  return pieces
}

/** What matches the whole of a name. A hole that is filled in matches that text only. */
export function toRegExp(pieces: readonly Piece[], filled: Filled = {}): RegExp {
  const sources = pieces.map((piece) => {
    if (piece.kind === 'text') return verbatim(piece.text)
    if (piece.kind === 'wild') return piece.source
    const text = filled[piece.hole]
    return `(?<${piece.hole}>${text === undefined ? HOLES[piece.hole] : verbatim(text)})`
  })
  return new RegExp(`^${sources.join('')}$`, 'su')
}

/** The one name that the pieces can be; undefined when something is left open. */
export function toLiteral(pieces: readonly Piece[], filled: Filled = {}): string | undefined {
  let name = ''
  for (const piece of pieces) {
    const text = textOf(piece, filled)
    if (text === undefined) return undefined
    name += text
  }
  return name
}

/** What each name that the pieces can be begins with. */
export function toPrefix(pieces: readonly Piece[], filled: Filled = {}): string {
  let prefix = ''
  for (const piece of pieces) {
    const text = textOf(piece, filled)
    if (text === undefined) break
    prefix += text
  }
  return prefix
}

function textOf(piece: Piece, filled: Filled): string | undefined {
  if (piece.kind === 'text') return piece.text
  return piece.kind === 'hole' ? filled[piece.hole] : undefined
}

function isHole(name: string | undefined): name is Hole {
  return name !== undefined && name in HOLES
}

function notAChoice(token: string): string {
  const holes = Object.keys(HOLES).map((hole) => `{${hole}}`)
  return `${token} is not known; expected one of ${holes.join(', ')}, or a choice such as {csv,txt}`
}

function classOf(segment: string, set: string): string {
  if (set === '') throw fault(segment, 'the [] is empty; write at least one character in it')
  if (set.includes('[:')) throw fault(segment, 'named classes such as [:digit:] are not known; write a range such as [0-9]')
  const chars = [...set]
  let source = ''
  for (let at = 0; at < chars.length; at += 1) {
    const [low = '', dash, high] = chars.slice(at, at + 3)
    if (dash !== '-' || high === undefined) source += codePoint(low)
    else {
      if (low > high) throw fault(segment, `the range ${low}-${high} runs backwards; write ${high}-${low}`)
      source += `${codePoint(low)}-${codePoint(high)}`
      at += 2
    }
  }
  return source
}

function codePoint(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
}

function verbatim(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function fault(segment: string, reason: string): TidemarkError {
  return new TidemarkError('ConfigInvalid', `in ${JSON.stringify(segment)} ${reason}`)
}
