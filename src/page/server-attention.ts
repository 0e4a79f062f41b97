import type { Attention, ScheduleNow, SensorNow, ServerNow } from './page-data.ts'

/** What of sensors and schedules keeps files from being found. */
export function serverAttention({ sensors, schedules }: Pick<ServerNow, 'sensors' | 'schedules'>): Attention[] {
  return [
    ...Object.entries(sensors).flatMap(([pipeline, sensor]) => sensorItem(pipeline, sensor)),
    ...Object.entries(schedules).flatMap(([pipeline, schedule]) => scheduleItem(pipeline, schedule)),
  ]
}

function sensorItem(pipeline: string, { state, failing, sweptAt, webUi }: SensorNow): Attention[] {
  const item = { pipeline, what: 'sensor', since: sweptAt, key: null, path: null, webUi }
  switch (state) {
    case 'watching':
      return []
    case 'failing':
      return [{ ...item, state, reason: failing ?? 'its source cannot be listed', commands: ['npx tidemark doctor'] }]
    case 'paused':
      return [
        {
          ...item,
          state,
          reason: 'nothing new is found until it is resumed',
          commands: [`npx tidemark sensor resume ${pipeline}`],
        },
      ]
    case 'without a worker':
      return [{ ...item, state: 'stopped', reason: 'no worker answers', commands: ['npx tidemark up'] }]
    case 'not running':
      return [{ ...item, state: 'stopped', reason: 'it does not run', commands: ['npx tidemark apply'] }]
  }
}

function scheduleItem(pipeline: string, { state, note, unpause, webUi }: ScheduleNow): Attention[] {
  const item = { pipeline, what: 'schedule', since: null, key: null, path: null, webUi }
  if (state === 'not there') return [{ ...item, state: 'stopped', reason: 'it does not run', commands: ['npx tidemark apply'] }]
  if (state === 'active') return []
  return [{ ...item, state: 'paused', reason: note ?? 'its ticks do nothing until it is resumed', commands: [unpause] }]
}
