import type { Calendar, Cell } from '../page-data.ts'
import { type Child, h } from './dom.ts'
import { link, type Place } from './place.ts'
import { classOf, counted, number } from './words.ts'

const DAY_MS = 86_400_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** Beside the colour, for who does not tell colours apart. */
const LETTERS: Readonly<Record<string, string>> = { held: 'H', missing: 'M', late: 'L', loading: '…', waiting: 'w' }

/** A year at a time: a column a week, a row a weekday. */
export function calendarView(calendar: Calendar, place: Place): Child {
  const { year, years, cells, kind, undated } = calendar
  const at = year === null ? -1 : years.indexOf(year)
  const step = (by: number, name: string) => {
    const to = years[at + by]
    const id = by < 0 ? 'year-before' : 'year-after'
    return h(
      'button',
      {
        id,
        type: 'button',
        disabled: to === undefined,
        'data-go': to && link({ ...place, year: to, within: undefined, page: undefined }),
      },
      name,
    )
  }
  return [
    h(
      'div',
      { class: 'tools' },
      year === null ? null : [step(-1, '‹'), h('b', { id: 'year' }, year), step(1, '›')],
      undated === 0
        ? null
        : h(
            'a',
            { href: link({ ...place, within: 'undated', page: undefined }), id: 'undated' },
            `${counted(undated, 'key')} without a date`,
          ),
      h('span', { class: 'quiet' }, 'arrow keys move, Enter opens'),
    ),
    year === null ? null : h('div', { class: 'scroll' }, grid(cells, kind, year, place)),
  ]
}

function grid(cells: readonly Cell[], kind: string, year: string, place: Place): HTMLElement {
  const inRow = kind === 'weekly' || kind === 'monthly'
  const label = `Partitions of ${year}`
  const attributes = {
    class: `calendar${inRow ? ' row' : ''}${kind === 'monthly' ? ' months' : ''}`,
    role: 'group',
    'aria-label': label,
    id: 'calendar',
  }
  // The first day of the week is Monday; the top row has the months.
  const newYear = Date.parse(`${year}-01-01T00:00Z`)
  const firstWeekday = (new Date(newYear).getUTCDay() + 6) % 7
  const positionOf = (start: string, index: number) => {
    if (inRow) return { column: index + 1, row: 2 }
    const day = Math.floor((Date.parse(`${start.slice(0, 10)}T00:00Z`) - newYear) / DAY_MS) + firstWeekday
    return { column: Math.floor(day / 7) + 1, row: (day % 7) + 2 }
  }
  const months = MONTHS.flatMap((month, index) => {
    const start = `${year}-${String(index + 1).padStart(2, '0')}`
    if (!inRow) return [positioned(h('span', {}, month), positionOf(`${start}-01`, 0).column, 1)]
    const first = cells.findIndex((cell) => cell.start?.startsWith(start))
    return first < 0 ? [] : [positioned(h('span', {}, month), first + 1, 1)]
  })
  const current = cells.findIndex((cell) => isCurrent(cell, place))
  const entry = current < 0 ? cells.length - 1 : current
  const days = cells.map((cell, index) => {
    const { column, row } = positionOf(cell.start ?? '', index)
    const text = cellText(cell)
    const one = cell.partitions === 1
    const to = one ? { pipeline: place.pipeline, key: cell.label, year } : { ...place, year, within: cell.label, page: undefined }
    const button = h(
      'button',
      {
        id: `cell-${cell.label}`,
        type: 'button',
        class: `c-${classOf(cell.state)}`,
        title: text,
        'aria-label': text,
        'aria-current': index === current ? 'true' : null,
        tabindex: index === entry ? 0 : -1,
        'data-go': link(to),
      },
      LETTERS[cell.state] ?? '',
    )
    return positioned(button, column, row)
  })
  return h('div', attributes, months, days)
}

/** By the object model: a `style` attribute is what the page's policy forbids. */
function positioned<T extends HTMLElement>(element: T, column: number, row: number): T {
  element.style.gridColumn = String(column)
  element.style.gridRow = String(row)
  return element
}

function isCurrent({ label, partitions }: Cell, { key, within }: Place): boolean {
  return partitions === 1 ? label === key : label === within
}

function cellText({ label, state, partitions, loaded, files, rows }: Cell): string {
  const several = partitions > 1 ? `, ${number(loaded)} of ${number(partitions)} loaded` : ''
  return `${label}: ${state}${several}, ${counted(files, 'file')}, ${counted(rows, 'row')}`
}

/** Arrow keys from day to day, where there is one. */
export function moveInCalendar(event: KeyboardEvent): void {
  const { target } = event
  if (!(target instanceof HTMLButtonElement) || target.parentElement?.id !== 'calendar') return
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  }
  const buttons = [...target.parentElement.querySelectorAll('button')]
  const index = buttons.indexOf(target)
  const move = moves[event.key]
  let to: HTMLButtonElement | undefined
  if (event.key === 'Home') to = buttons[0]
  else if (event.key === 'End') to = buttons.at(-1)
  else if (move !== undefined) {
    const column = Number(target.style.gridColumn.split('/')[0]) + move[0]
    const row = Number(target.style.gridRow.split('/')[0]) + move[1]
    const there = buttons.find(
      ({ style }) =>
        style.gridColumn.split('/')[0]?.trim() === String(column) && style.gridRow.split('/')[0]?.trim() === String(row),
    )
    // Past the end of a week comes the next day.
    to = there ?? (move[1] === 0 ? undefined : buttons[index + move[1]])
  }
  if (to === undefined) return
  event.preventDefault()
  target.tabIndex = -1
  to.tabIndex = 0
  to.focus()
}
