import { type Child, h } from './dom.ts'

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const

/** `3 h ago`, `in 5 min`; the time itself, in UTC, is its title. */
export function ago(iso: string | null): Child {
  if (iso === null) return h('span', { class: 'quiet' }, '–')
  const ms = Date.now() - Date.parse(iso)
  const [unit, word] = UNITS.find(([length]) => Math.abs(ms) >= length) ?? [1_000, 's']
  const amount = `${Math.floor(Math.abs(ms) / unit)} ${word}`
  const text = Math.abs(ms) < 1_000 ? 'now' : ms < 0 ? `in ${amount}` : `${amount} ago`
  return h('time', { datetime: iso, title: iso }, text)
}

/** `2018-01-22 06:00:03` in UTC. */
export function at(iso: string | null): Child {
  if (iso === null) return h('span', { class: 'quiet' }, '–')
  return h('time', { datetime: iso, title: `${iso} (UTC)` }, iso.slice(0, 19).replace('T', ' '))
}

/** What is no longer than this, such as a date with its ending, is not broken. */
const SHORT = 26
const NUMBERS = new Intl.NumberFormat('en-GB')

export function number(value: number | null): string {
  return value === null ? '–' : NUMBERS.format(value)
}

export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`
}

export function state(name: string): HTMLElement {
  return h('span', { class: `state s-${classOf(name)}` }, name)
}

export function classOf(name: string): string {
  return name.replaceAll(/[^a-z]+/g, '-')
}

/** A name or text from a file: isolated, so that its direction stays its own. */
export function foreign(text: string): HTMLElement {
  return h('bdi', text.length <= SHORT ? { class: 'short' } : {}, text)
}

/** Commands, each with a button that copies it. */
export function commands(texts: readonly string[], prefix: string): Child {
  return texts.map((text, place) =>
    h(
      'div',
      { class: 'command' },
      h(
        'code',
        {},
        text.split(' ').flatMap((word, at) => [at === 0 ? '' : ' ', h('span', {}, word)]),
      ),
      h('button', { id: `copy-${prefix}-${place}`, type: 'button', 'data-copy': text, 'aria-label': `Copy: ${text}` }, 'copy'),
    ),
  )
}

/** To the Temporal Web UI, where it is known. */
export function workflow(url: string | null, text = 'workflow', id?: string): Child {
  return url === null ? null : h('a', { href: url, target: '_blank', rel: 'noreferrer', id }, text)
}
