import { expect, test } from '@jest/globals'
import { configText, Project, pipelineText } from '../cli/project.ts'
import { until } from '../harness/until.ts'
import { freePort } from '../server/free-port.ts'

const MINUTE_MS = 60_000
/** The shortest that a server knows, and some room for its clock. */
const CATCHUP_MS = 10_000
const ROOM_MS = 2_000

test('status tells the ticks that were due while the server was away for longer than catchupWindow', async () => {
  const rest = "schedule: { cron: '* * * * *', catchupWindow: '10s', lateAfter: '1d', missingAfter: '30d' }"
  const partitions = "hourly({ start: '2018-01-22-00', end: '2018-01-22-01' })"
  const config = configText({ minutely: pipelineText('minutely', { partitions, rest }) }).replace('daily,', 'hourly,')
  await using project = await Project.create(config)
  const ports = ['--port', String(await freePort()), '--ui-port', String(await freePort())]
  const up = async () => {
    const started = project.start('up', ...ports)
    await started.said('watching; Ctrl-C stops')
    return started
  }
  const first = await up()
  first.interrupt()
  await first.ended
  const tick = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS
  await until('the tick to be past', () => Date.now() > tick + CATCHUP_MS + ROOM_MS)
  await up()
  await until('the missed tick in status', async () => {
    const { stdout } = await project.run('status')
    return /^ {2}ticks missed while the server was away for longer than catchupWindow: [1-9]/m.test(stdout)
  })
  expect(JSON.parse((await project.run('status', '--json')).stdout)).toMatchObject([
    { missedWork: { schedule: { missedCatchup: expect.any(Number) } } },
  ])
})
