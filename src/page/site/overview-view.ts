import type { Attention, OpenRun, Overview, PipelineLine } from '../page-data.ts'
import { type Child, h, table } from './dom.ts'
import { link } from './place.ts'
import { ago, classOf, commands, counted, foreign, number, state, workflow } from './words.ts'

/** In the order of what a person asks in the morning: is everything in, what is not, what do I do; then how it is otherwise. */
export function overviewView({ pipelines, attention, moreAttention, server }: Overview): Child[] {
  return [
    h('p', { class: 'verdict', id: 'verdict' }, verdictOf(pipelines, attention.length + moreAttention)),
    h('p', { class: 'quiet' }, totalsOf(pipelines)),
    server.error === null
      ? null
      : h('p', { class: 'notice' }, 'The Temporal server was not reached, so this is what the ledger says: ', server.error),
    attention.length === 0 ? null : [h('h2', {}, 'Needs somebody'), attentionTable(attention)],
    moreAttention === 0 ? null : h('p', { class: 'quiet' }, `and ${number(moreAttention)} more: see each pipeline`),
    h('h2', {}, 'Pipelines'),
    table(
      ['pipeline', 'last partitions', 'newest', 'loaded', 'next', 'found by'],
      pipelines.map((line) => pipelineCells(line, { server })),
    ),
    runsView(server.open, server.moreOpen),
  ]
}

function verdictOf(pipelines: readonly PipelineLine[], open: number): string {
  const loading = pipelines.reduce((sum, { counts }) => sum + counts.loading, 0)
  if (open > 0) return `${counted(open, 'thing')} ${open === 1 ? 'needs' : 'need'} somebody`
  return loading > 0 ? `Nothing needs you; ${counted(loading, 'partition')} being loaded` : 'Everything that is due is in'
}

function totalsOf(pipelines: readonly PipelineLine[]): string {
  const loaded = pipelines.reduce((sum, { counts }) => sum + counts.loaded, 0)
  const rows = pipelines.reduce((sum, line) => sum + line.rows, 0)
  return `${counted(pipelines.length, 'pipeline')}, ${counted(loaded, 'partition')} loaded, ${counted(rows, 'row')}`
}

export function attentionTable(items: readonly Attention[], withPipeline = true): HTMLElement {
  return table(
    ['state', ...(withPipeline ? ['pipeline'] : []), 'what', 'since', 'why', 'what to do', ''],
    items.map((item, at) => {
      const { pipeline, key, path } = item
      const place = { pipeline, ...(key === null ? {} : { key }), ...(path === null ? {} : { path }) }
      return [
        state(item.state),
        ...(withPipeline ? [h('a', { href: link({ pipeline }), id: `need-pipeline-${at}` }, pipeline)] : []),
        key === null ? item.what : h('a', { href: link(place), id: `need-${at}` }, foreign(item.what)),
        ago(item.since),
        foreign(item.reason),
        commands(item.commands, `need-${at}`),
        workflow(item.webUi, 'workflow', `need-workflow-${at}`),
      ]
    }),
  )
}

function pipelineCells(line: PipelineLine, { server }: Pick<Overview, 'server'>): Child[] {
  const { name, newest, next, counts, recent } = line
  const sensor = server.sensors[name]
  const schedule = server.schedules[name]
  return [
    h('a', { href: link({ pipeline: name }), id: `pipeline-${name}` }, name),
    h(
      'div',
      { class: 'strip', role: 'img', 'aria-label': recent.map((cell) => `${cell.label} ${cell.state}`).join(', ') },
      recent.map((cell) => h('i', { class: `c-${classOf(cell.state)}`, title: `${cell.label}: ${cell.state}` })),
    ),
    newest === null ? '–' : [foreign(newest.key), ' ', h('span', { class: 'quiet' }, ago(newest.loadedAt))],
    `${number(counts.loaded)} of ${number(line.partitions)}`,
    next === null
      ? '–'
      : [next.key === null ? 'any new one' : foreign(next.key), ' ', h('span', { class: 'quiet' }, 'due ', ago(next.dueAt))],
    [
      schedule === undefined
        ? null
        : h('div', {}, `schedule, ${schedule.state}`, schedule.nextAt === null ? null : [', next ', ago(schedule.nextAt)]),
      sensor === undefined
        ? null
        : h('div', {}, `sensor, ${sensor.state}`, sensor.sweptAt === null ? null : [', looked at all ', ago(sensor.sweptAt)]),
    ],
  ]
}

/** What runs now; backfills with how far they are. */
export function runsView(runs: readonly OpenRun[], more: boolean): Child {
  if (runs.length === 0) return null
  return [
    h('h2', {}, 'Running'),
    table(
      ['what', 'pipeline', 'partition', 'state', 'progress', 'since', ''],
      runs.map((run, at) => [
        run.type,
        run.pipeline,
        run.partition === null ? '' : foreign(run.partition),
        run.progress?.state ?? run.state ?? '',
        progressCell(run),
        ago(run.since),
        workflow(run.webUi, 'workflow', `run-workflow-${at}`),
      ]),
    ),
    more ? h('p', { class: 'quiet' }, 'and more: see the Temporal Web UI') : null,
  ]
}

function progressCell({ progress }: OpenRun): Child {
  if (progress === null) return ''
  const { loaded, rows, held, failed, waiting, missing, upToDate, left, rate, secondsLeft } = progress
  const done = loaded + held + failed + waiting + missing + upToDate
  const parts = [
    `${number(loaded)} loaded (${counted(rows, 'row')})`,
    ...(held > 0 ? [`${number(held)} held`] : []),
    ...(failed > 0 ? [`${number(failed)} failed`] : []),
    ...(waiting > 0 ? [`${number(waiting)} waiting`] : []),
    ...(missing > 0 ? [`${number(missing)} missing`] : []),
    `${number(left)} left`,
    ...(rate === null ? [] : [`${rate.toFixed(1)}/s`]),
    ...(secondsLeft === null || left === 0 ? [] : [`about ${number(Math.ceil(secondsLeft / 60))} min`]),
  ]
  return [
    h('progress', { class: 'bar', max: Math.max(1, done + left), value: done, 'aria-label': `${done} of ${done + left}` }),
    parts.join(', '),
    progress.problems.map((problem) =>
      h('div', { class: 'quiet' }, `${problem.state} `, foreign(problem.partition), ': ', foreign(problem.reason)),
    ),
  ]
}
