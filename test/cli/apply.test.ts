import { existsSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { testServer } from '../harness/server-address.ts'
import { endOnServer } from './clean-up.ts'
import { configText, Project, pipelineText, uniqueName } from './project.ts'

test('apply prints its plan, changes nothing with --dry-run, and removes what is gone with --prune; without a worker doctor says so', async () => {
  const [dropped, dated, queue] = [uniqueName('dropped'), uniqueName('dated'), uniqueName('queue')]
  const schedule = { partitions: "daily({ start: '2018-01-22' })", rest: "schedule: { cron: '0 6 1 1 *', lateAfter: '1h' }" }
  const both = configText({ [dropped]: pipelineText('dropped'), [dated]: pipelineText('dated', schedule) }, queue)
  const one = configText({ [dated]: pipelineText('dated', schedule) }, queue)
  await using project = await Project.create(both, { address: testServer() })
  await project.write('one.config.ts', one)
  try {
    const ends = await project.runEach(
      ['apply', '--dry-run'],
      ['apply', '--dry-run'],
      ['apply'],
      ['apply', '--json'],
      ['apply', '--config', 'one.config.ts'],
      ['apply', '--config', 'one.config.ts', '--prune', '--dry-run'],
      ['apply', '--config', 'one.config.ts', '--prune'],
      ['apply', '--config', 'one.config.ts', '--prune'],
    )
    for (const { code, stderr } of ends) expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const [dry, dryAgain, applied, again, without, dryPrune, pruned, done] = ends.map(({ stdout }) => stdout)
    const cron = `(cron '0 6 1 1 *' UTC, overlap ALLOW_ALL)`
    expect(dry).toBe(`would create  sensor   ${dropped}\nwould create  schedule ${dated} ${cron}\n`)
    expect(dryAgain).toBe(dry)
    expect(applied).toBe(`created       sensor   ${dropped}\ncreated       schedule ${dated} ${cron}\n`)
    expect(JSON.parse(again ?? '')).toEqual([
      { change: 'keep', kind: 'sensor', pipeline: dropped, note: '', paused: false },
      { change: 'keep', kind: 'schedule', pipeline: dated, note: expect.stringContaining('0 6 1 1 *'), paused: false },
    ])
    const kept = `as it was     schedule ${dated} ${cron}\n`
    expect(without).toBe(`${kept}left          sensor   ${dropped} (not in the config; --prune removes it)\n`)
    expect(dryPrune).toContain(`${kept}would remove  sensor   ${dropped}`)
    expect(pruned).toContain(`${kept}removed       sensor   ${dropped}`)
    expect(done).toBe(kept)
    const doctor = await project.run('doctor', '--config', 'one.config.ts')
    expect(doctor).toMatchObject({ code: 1, stderr: '' })
    expect(doctor.stdout).toContain(
      `bad worker: nobody polls the task queue ${queue}\n      start one with \`tidemark up\` or \`tidemark worker\`\n`,
    )
  } finally {
    await endOnServer([dropped, dated])
  }
})

test('without a worker status reads the ledger all the same, and says that nobody answers for the sensor', async () => {
  const dropped = uniqueName('dropped')
  await using project = await Project.create(configText({ [dropped]: pipelineText('dropped') }, uniqueName('queue')), {
    address: testServer(),
  })
  await project.write('dropped/day.csv', '')
  try {
    const [, status] = await project.runEach(['apply'], ['status'])
    expect(status).toMatchObject({ code: 1, stderr: '' })
    expect(status?.stdout).toContain(
      `${dropped}: 0 files loaded (0 rows), 0 held, 1 unsettled, 0 retrying, 0 missing; sensor without a worker`,
    )
  } finally {
    await endOnServer([dropped])
  }
})

test('a namespace that is not there is named, with what to do, and nothing goes on running', async () => {
  await using project = await Project.create(configText({ prices: pipelineText('prices') }), {
    address: testServer(),
    namespace: 'nowhere',
  })
  const ends = [...(await project.runEach(['apply'], ['import', 'prices', 'day'])), await project.run('worker')]
  const words = `the server at ${testServer()} has no namespace 'nowhere'; create it with \`temporal operator namespace create -n nowhere\`, or set TEMPORAL_NAMESPACE`
  for (const end of ends) expect(end).toEqual({ code: 2, stdout: '', stderr: `tidemark: ${words}\n` })
})

test('a dry run and doctor make no warehouse', async () => {
  const dropped = uniqueName('dropped')
  await using project = await Project.create(configText({ [dropped]: pipelineText('dropped') }), { address: testServer() })
  const [dry, doctor] = await project.runEach(['apply', '--dry-run'], ['doctor'])
  expect(dry).toMatchObject({ code: 0, stdout: `would create  sensor   ${dropped}\n` })
  expect(doctor?.stdout).toMatch(/^ok {2}warehouse: .*is not there yet/m)
  expect(existsSync(project.path('.tidemark/warehouse.duckdb'))).toBe(false)
})
