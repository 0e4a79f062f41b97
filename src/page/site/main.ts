import type { Calendar, FileDetail, Overview, PartitionDetail, PartitionPage, Ticks } from '../page-data.ts'
import { ask } from './ask.ts'
import { moveInCalendar } from './calendar-view.ts'
import { type Child, h, show } from './dom.ts'
import { Live } from './live.ts'
import { overviewView } from './overview-view.ts'
import { fileView, partitionView } from './partition-view.ts'
import { pipelineView } from './pipeline-view.ts'
import { link, type Place, placeNow, queryOf } from './place.ts'
import { foreign } from './words.ts'

/** Words such as `3 min ago` grow old. */
const CLOCK_MS = 10_000

let draw: () => Child[] = () => []
let asked = 0
let shown: Place = {}
/** What is shown next is of another place. */
let isNew = false
/** What had the focus when its place was left, so that whoever comes back by keyboard goes on from there. */
const focusedAt = new Map<string, string>()

/** Asks for what the place shows, and shows it. An answer that is overtaken by a newer question is dropped. */
async function look(): Promise<void> {
  const place = placeNow()
  const mine = ++asked
  showPath(place)
  try {
    const made = await viewOf(place)
    if (mine === asked) [draw, shown] = [made, place]
  } catch (error) {
    if (mine !== asked) return
    const before = draw
    const said = error instanceof Error ? error.message : String(error)
    draw = () => [
      h('p', { class: 'notice', id: 'notice' }, 'This is not the newest: ', foreign(said)),
      ...before().filter((child) => !(child instanceof Element && child.id === 'notice')),
    ]
  }
  redraw()
  if (!isNew || mine !== asked) return
  isNew = false
  focus()
}

/** Unless something has it: what was opened is gone with its place, and the next Tab would begin anywhere. */
function focus(): void {
  const main = byId('main')
  if (document.activeElement !== document.body && document.activeElement !== main) return
  const before = document.getElementById(focusedAt.get(nameOf(placeNow())) ?? '')
  ;(before ?? main).focus({ preventScroll: before === null })
}

/** Whatever of it is looked at. */
function nameOf({ pipeline, key, path }: Place): string {
  return JSON.stringify([pipeline, key, path])
}

async function viewOf(place: Place): Promise<() => Child[]> {
  const { pipeline, key, path } = place
  const query = queryOf(place)
  if (pipeline !== undefined && path !== undefined) {
    const detail = await ask<FileDetail>('file', query)
    return () => fileView(detail, place)
  }
  if (pipeline !== undefined && key !== undefined) {
    const detail = await ask<PartitionDetail>('partition', query)
    return () => partitionView(detail, place)
  }
  const overview = await ask<Overview>('overview')
  showWebUi(overview.server.webUi)
  if (pipeline === undefined) return () => overviewView(overview)
  const [calendar, list, ticks] = await Promise.all([
    ask<Calendar>('calendar', query),
    ask<PartitionPage>('partitions', query),
    ask<Ticks>('ticks', query),
  ])
  return () => pipelineView({ overview, calendar, list, ticks }, { ...place, year: calendar.year ?? undefined })
}

function redraw(): void {
  show(byId('main'), ...draw())
}

function showPath({ pipeline, key, path, year }: Place): void {
  const steps: [string, Place][] = []
  if (pipeline !== undefined) steps.push([pipeline, { pipeline, year }])
  if (key !== undefined) steps.push([key, { pipeline, year, key }])
  if (path !== undefined) steps.push([path, { pipeline, year, key, path }])
  show(byId('path'), ...steps.map(([name, place]) => h('a', { href: link(place) }, foreign(name))))
  document.title = [...steps.map(([name]) => name).reverse(), 'Tidemark'].join(' · ')
}

function showWebUi(url: string | null): void {
  const element = byId('web-ui')
  element.hidden = url === null
  if (url !== null) element.setAttribute('href', url)
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`expected an element ${id}`)
  return element
}

addEventListener('hashchange', () => {
  focusedAt.set(nameOf(shown), document.activeElement?.id ?? '')
  isNew = true
  window.scrollTo(0, 0)
  void look()
})

byId('skip').addEventListener('click', (event) => {
  event.preventDefault()
  byId('main').focus()
})
document.addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLElement)) return
  const { go, copy } = target.dataset
  if (go !== undefined) location.hash = go
  if (copy !== undefined) {
    void navigator.clipboard.writeText(copy).then(() => {
      target.textContent = 'copied'
      setTimeout(() => redraw(), 1_500)
    })
  }
})
document.addEventListener('keydown', moveInCalendar)
document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLInputElement
  if (event.key === '/' && !typing) {
    event.preventDefault()
    document.getElementById('filter')?.focus()
  }
  if (event.key === 'Escape') {
    const { pipeline, key, path, year } = placeNow()
    location.hash = path !== undefined ? link({ pipeline, year, key }) : key !== undefined ? link({ pipeline, year }) : ''
  }
})
document.addEventListener('change', ({ target }) => {
  if (target instanceof HTMLInputElement && target.id === 'filter')
    location.hash = link({ ...placeNow(), text: target.value, page: undefined })
})

const live = new Live({
  changed: () => void look(),
  state: (text, isLost) => {
    byId('live').textContent = text
    byId('live').className = isLost ? 'lost' : ''
  },
})
live.start()
setInterval(redraw, CLOCK_MS)
await look()
// Where a partition or a file is opened by its address, nothing else has said it.
if (byId('web-ui').hidden)
  ask<Overview>('overview').then(
    ({ server }) => showWebUi(server.webUi),
    () => undefined,
  )
