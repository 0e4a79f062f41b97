import type {
  Attention,
  Calendar,
  Overview,
  PartitionPage,
  PipelineLine,
  ScheduleNow,
  SensorNow,
  Tick,
  Ticks,
} from '../page-data.ts'
import { calendarView } from './calendar-view.ts'
import { type Child, h, table } from './dom.ts'
import { attentionTable, runsView } from './overview-view.ts'
import { pager } from './pager.ts'
import { link, type Place } from './place.ts'
import { ago, at, commands, foreign, number, state, workflow } from './words.ts'

export interface PipelineData {
  readonly overview: Overview
  readonly calendar: Calendar
  readonly list: PartitionPage
  readonly ticks: Ticks
}

const GAPS_SHOWN = 20
const STATES = ['loaded', 'held', 'loading', 'waiting', 'late', 'missing', 'not expected'] as const

export function pipelineView({ overview, calendar, list, ticks }: PipelineData, place: Place): Child[] {
  const name = calendar.pipeline
  const line = overview.pipelines.find((one) => one.name === name)
  const mine = (one: Attention) => one.pipeline === name
  const attention = overview.attention.filter(mine)
  return [
    h(
      'h1',
      {},
      name,
      ' ',
      line === undefined ? null : h('small', {}, `${line.kind}, table ${line.table}, from `, foreign(line.source)),
    ),
    line === undefined ? null : countsView(line, place),
    triggersView(overview.server.schedules[name], overview.server.sensors[name]),
    attention.length === 0 ? null : [h('h2', {}, 'Needs somebody'), attentionTable(attention, false)],
    gapsView(ticks),
    h('h2', {}, 'Calendar'),
    calendarView(calendar, place),
    h('h2', {}, 'Partitions', h('small', {}, filterText(place, list.total))),
    listView(list, place),
    runsView(
      overview.server.open.filter((run) => run.pipeline === name),
      false,
    ),
    ticksView('Ticks of the schedule', ticks.schedule, place),
    ticksView('Looks of the sensor', ticks.sensor, place),
  ]
}

function countsView({ counts }: PipelineLine, place: Place): Child {
  return h(
    'div',
    { class: 'counts' },
    STATES.filter((one) => counts[one] > 0).map((one) =>
      h(
        'a',
        { href: link({ pipeline: place.pipeline, year: place.year, state: one }), id: `count-${one}` },
        state(one),
        ` ${number(counts[one])}`,
      ),
    ),
  )
}

function triggersView(schedule: ScheduleNow | undefined, sensor: SensorNow | undefined): Child {
  return h(
    'dl',
    { class: 'details' },
    schedule === undefined
      ? null
      : [
          h('dt', {}, 'schedule'),
          h(
            'dd',
            {},
            `${schedule.state}, ${schedule.cron} ${schedule.timezone}`,
            schedule.nextAt === null ? null : [', next ', ago(schedule.nextAt)],
            ' ',
            workflow(schedule.webUi, 'schedule', 'schedule-link'),
          ),
          missedOf(schedule),
        ],
    sensor === undefined
      ? null
      : [
          h('dt', {}, 'sensor'),
          h(
            'dd',
            {},
            `${sensor.state}, looks each ${sensor.every}, looked at all `,
            ago(sensor.sweptAt),
            sensor.unsettled > 0 ? `, ${number(sensor.unsettled)} files not settled` : '',
            sensor.failing === null ? '' : [': ', foreign(sensor.failing)],
            sensor.notWatching === null ? '' : [', by listing only: ', foreign(sensor.notWatching)],
            ' ',
            workflow(sensor.webUi, 'workflow', 'sensor-link'),
          ),
        ],
  )
}

/** Since the schedule was made; what has been loaded meanwhile is in the calendar. */
function missedOf({ skippedOverlap, missedCatchup, mend }: ScheduleNow): Child {
  if (skippedOverlap + missedCatchup === 0) return null
  const what = [
    ...(skippedOverlap === 0 ? [] : [`${number(skippedOverlap)} skipped because another still ran`]),
    ...(missedCatchup === 0 ? [] : [`${number(missedCatchup)} missed by catch-up`]),
  ]
  return [h('dt', {}, 'ticks'), h('dd', {}, what.join(', '), ' ', commands(mend, 'missed'))]
}

/** What waits for nobody any more. */
function gapsView({ gaps }: Ticks): Child {
  if (gaps.length === 0) return null
  return [
    h('h2', {}, 'No tick brings these in'),
    table(
      ['partitions', 'why', 'what to do'],
      gaps
        .slice(0, GAPS_SHOWN)
        .map(({ from, to, partitions, why, mend }, at) => [
          from === to ? foreign(from) : [foreign(from), ' to ', foreign(to), ` (${number(partitions)})`],
          why,
          commands(mend, `gap-${at}`),
        ]),
    ),
  ]
}

function filterText({ state: chosen, within, text }: Place, total: number): string {
  const filters = [chosen, within, text === undefined ? undefined : `with “${text}”`].filter((one) => one !== undefined)
  return `${number(total)}${filters.length === 0 ? '' : `: ${filters.join(', ')}`}`
}

function listView(list: PartitionPage, place: Place): Child {
  const { pipeline, year } = place
  const isFiltered = place.state !== undefined || place.within !== undefined || place.text !== undefined
  return [
    h(
      'div',
      { class: 'tools' },
      h('label', {}, 'key has ', h('input', { id: 'filter', type: 'search', value: place.text ?? '', size: 18 })),
      isFiltered ? h('a', { href: link({ pipeline, year }), id: 'filter-none' }, 'all') : null,
      pager(list, place),
    ),
    table(
      ['partition', 'state', 'files', 'rows', 'loaded', 'why'],
      list.partitions.map((line) => [
        h('a', { href: link({ pipeline, year, key: line.key }), id: `partition-${line.key}` }, foreign(line.key)),
        state(line.state),
        number(line.files),
        number(line.rows),
        at(line.loadedAt),
        line.reason === null ? (line.dueAt === null ? '' : ['due ', ago(line.dueAt)]) : foreign(line.reason),
      ]),
      [2, 3],
    ),
  ]
}

function ticksView(title: string, ticks: readonly Tick[], { pipeline }: Place): Child {
  if (ticks.length === 0) return null
  return [
    h('h2', {}, title),
    table(
      ['at', 'until', 'came to', 'what', ''],
      ticks.map((tick, index) => [
        at(tick.at),
        tick.until === null ? h('span', { class: 'quiet' }, 'now') : at(tick.until),
        state(tick.state),
        [
          tick.partition === null
            ? null
            : [h('a', { href: link({ pipeline, key: tick.partition }), id: `${title}-${index}` }, foreign(tick.partition)), ' '],
          foreign(tick.text),
        ],
        workflow(tick.webUi, 'workflow', `${title}-workflow-${index}`),
      ]),
    ),
  ]
}
