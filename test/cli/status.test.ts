import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { prices } from '../harness/prices.ts'
import { testServer } from '../harness/server-address.ts'
import { temporal } from '../harness/temporal-command.ts'
import { until } from '../harness/until.ts'
import { endOnServer } from './clean-up.ts'
import { configText, Project, pipelineText, type Started, uniqueName } from './project.ts'

const watched = uniqueName('watched')
const skipping = uniqueName('skipping')
const DAYS = "daily({ start: '2018-01-22', end: '2018-01-23' })"
let project: Project
let worker: Started

beforeAll(async () => {
  const config = configText(
    {
      [watched]: pipelineText('watched', { settle: '1h' }),
      [skipping]: pipelineText('skipping', {
        partitions: DAYS.replace(", end: '2018-01-23'", ''),
        rest: "schedule: { cron: '0 0 * * *', overlap: 'SKIP', lateAfter: '1d', missingAfter: '30d' }",
        settle: '1h',
      }),
    },
    uniqueName('queue'),
  )
  project = await Project.create(config, { address: testServer() })
  await project.write('watched/big.csv', prices(1))
  await project.write('skipping/2018-01-22.csv', prices(1))
  worker = project.start('worker')
  await worker.said('Ctrl-C stops')
  expect(await project.run('apply')).toMatchObject({ code: 0 })
})

afterAll(async () => {
  worker.interrupt()
  await worker.ended
  await endOnServer([watched, skipping])
  await project[Symbol.asyncDispose]()
})

/** Until it prints all of them. */
async function statusSays(pipeline: string, ...patterns: readonly RegExp[]): Promise<void> {
  await until(`status with ${patterns.join(', ')}`, async () => {
    const { stdout } = await project.run('status', pipeline)
    return patterns.every((pattern) => pattern.test(stdout))
  })
}

test('status says when the sensor has looked and looks next, and which file has waited for longest', async () => {
  await statusSays(
    watched,
    /; sensor watching\n/,
    /^ {2}last sweep .* ago, the next (in .*|is due)$/m,
    /^ {2}oldest file that waits: big\.csv, modified .* ago$/m,
  )
  await project.run('sensor', 'pause', watched)
  await statusSays(watched, /; sensor paused\n(?![\s\S]*, the next (in|is due))/)
})

test('status names each open backfill with the command that says how far it is, and the ticks that were skipped', async () => {
  const started = await project.run('backfill', skipping, '--to', '2018-01-22', '--name', 'history', '--detach')
  expect(started).toMatchObject({ code: 0 })
  const tick = () => temporal('schedule', 'trigger', '--schedule-id', skipping, '--overlap-policy', 'Skip')
  await tick()
  const query = `TidemarkPipeline = '${skipping}' AND WorkflowType = 'scheduledPartition' AND ExecutionStatus = 'Running'`
  await until('the run of the tick', async () => (await temporal('workflow', 'list', '--query', query)).includes('Running'))
  await tick()
  const progress = `tidemark backfill ${skipping} --name history --progress`
  await statusSays(
    skipping,
    new RegExp(`^  backfill history is open: \`${progress}\`$`, 'm'),
    new RegExp(
      `^  ticks skipped because one before was running: 1; overlap 'ALLOW_ALL' skips none; \`npx tidemark backfill ${skipping} --only unloaded\` loads what they left$`,
      'm',
    ),
  )
  const said = await project.run(...progress.split(' ').slice(1))
  expect(said.stdout).toBe(`${skipping}: 0 partitions loaded (0 rows), 0 up to date; 1 to go\n`)
  // Whoever has named the config can type what is said as it is.
  const [named, asJson] = await project.runEach(
    ['status', skipping, '--config', 'tidemark.config.ts'],
    ['status', skipping, '--config', 'tidemark.config.ts', '--json'],
  )
  const backfill = `tidemark backfill ${skipping}`
  expect(named?.stdout).toContain(`\`${backfill} --name history --progress --config tidemark.config.ts\``)
  expect(named?.stdout).toMatch(new RegExp(`\`npx ${backfill} --from \\S+ --to \\S+ --config tidemark.config.ts\``))
  const [{ missedWork }] = JSON.parse(asJson?.stdout ?? '')
  expect(missedWork.gaps[0].mend[0]).toMatch(/^npx .* --config tidemark\.config\.ts$/)
})
