import { rm } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { WorkflowFailedError } from '@temporalio/client'
import { Surveyor } from '../../src/cli/survey.ts'
import { surveyLines } from '../../src/cli/survey-lines.ts'
import { explained } from '../harness/explained.ts'
import { HoldUp } from '../harness/hold-up.ts'

import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { temporal } from '../harness/temporal-command.ts'
import { until } from '../harness/until.ts'
import { Workspace } from '../harness/workspace.ts'

const importQuietly = (running: Running, key: string) =>
  running.tidemark.importPartition(running.pipeline, key).catch(() => undefined) // what is held fails its run

const newest = async (running: Running, path: string) => (await running.ledger()).findLast((entry) => entry.path === path)

test('a file that fails a check is released by a person, once, and for this version only', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1h' } })
  await using running = await Running.start(workspace)
  const { tidemark, pipeline } = running
  await workspace.drop('day.csv', prices(1, 0))
  await importQuietly(running, 'day')
  const held = await newest(running, 'day.csv')
  expect(held).toMatchObject({ status: 'held', error: 'check above(share_price, 0) failed for 1 of 2 rows' })

  const why = { reason: 'the share was free', by: 'ana' }
  await expect(tidemark.releaseFile(pipeline, 'day.csv', { ...why, fingerprint: 'another' })).rejects.toMatchObject({
    cause: {
      type: 'UsageError',
      message: 'cannot release "day.csv": it has changed since; look at it again with `tidemark explain`',
    },
  })
  const released = await tidemark.releaseFile(pipeline, 'day.csv', { ...why, fingerprint: held?.fingerprint ?? '' })
  expect(released).toEqual({ pipeline, path: 'day.csv', action: 'release', status: 'loaded', rows: 2, reason: null })
  expect(await running.sharePrices()).toEqual({ 'day.csv': [1, 0] })
  const [entry, ...more] = await running.ledger()
  expect(more).toEqual([])
  expect(entry).toMatchObject({
    status: 'loaded',
    sequence: 1,
    rows: 2,
    decision: 'release',
    reason: 'the share was free',
    decided_by: 'ana',
    checks: [{ passed: false, failed: 1 }],
  })
  expect(entry?.carried_out_at).not.toBeNull()
  expect(await explained(running, 'day.csv')).toContain('decision: release, by ana: the share was free')

  await workspace.drop('day.csv', prices(0))
  await importQuietly(running, 'day')
  expect(await running.ledgerLines()).toEqual(['day.csv#1 loaded', 'day.csv#2 held'])
  expect(await running.sharePrices()).toEqual({ 'day.csv': [1, 0] })
})

test('what a person has decided to read again is said to be so until it is read', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1h' } })
  const loads = new HoldUp()
  await using running = await Running.start(workspace, { onStep: (step) => (step === 'staged' ? loads.pass() : undefined) })
  const { tidemark, pipeline } = running
  await workspace.drop('day.csv', prices(1))
  const load = importQuietly(running, 'day')
  await until('the load', () => loads.held === 1)
  const survey = () => new Surveyor(workspace.config, running.worker.warehouse).survey(pipeline)
  expect(await survey()).toMatchObject({ unsettled: 1, waiting: [] })
  loads.letGo(1)
  await load
  const retried = tidemark.retryFile(pipeline, 'day.csv')
  await until('the second load', () => loads.held === 1)
  const again = await survey()
  const reason = 'to be read again, as a person has decided'
  expect(again).toMatchObject({ unsettled: 1, waiting: [{ path: 'day.csv', reason }] })
  expect(surveyLines(again, false)[1]).toBe(`  unsettled: day.csv: ${reason}`)
  loads.open()
  await retried
  expect(await survey()).toMatchObject({ unsettled: 0, waiting: [] })
})

test('rows are taken out by a person, stay out, and come back by a retry; also of files that are gone, or held by now', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1h' } })
  await using running = await Running.start(workspace)
  const { tidemark, pipeline } = running
  for (const name of ['a', 'b', 'c']) await workspace.drop(`${name}.csv`, prices(1))
  for (const name of ['a', 'b', 'c']) await importQuietly(running, name)
  await rm(workspace.path('b.csv'))
  await workspace.drop('c.csv', prices(0))
  await importQuietly(running, 'c')

  for (const name of ['a', 'b', 'c'])
    expect(await tidemark.removeFile(pipeline, `${name}.csv`, { by: 'ana' })).toMatchObject({ status: 'removed', rows: 0 })
  await importQuietly(running, 'a')
  expect(await running.sharePrices()).toEqual({})
  expect(await running.ledgerLines()).toEqual(['a.csv#1 removed', 'b.csv#1 removed', 'c.csv#1 removed', 'c.csv#2 held'])

  expect(await tidemark.retryFile(pipeline, 'a.csv')).toMatchObject({ status: 'loaded', rows: 1 })
  await expect(tidemark.retryFile(pipeline, 'b.csv')).rejects.toMatchObject({
    cause: { message: 'cannot retry "b.csv": it is not in the source; put it back there' },
  })
  await expect(tidemark.removeFile(pipeline, 'b.csv')).rejects.toBeInstanceOf(WorkflowFailedError)
  expect(await tidemark.retryFile(pipeline, 'c.csv')).toMatchObject({ status: 'held', rows: 0 })
  expect(await running.sharePrices()).toEqual({ 'a.csv': [1] })
  expect((await running.ledger()).every(({ decision, carried_out_at }) => decision === null || carried_out_at !== null)).toBe(
    true,
  )
})

test('a file that was held is loaded by a retry once the config was mended, started with the temporal command', async () => {
  await using workspace = await Workspace.create({ sensor: { every: '1h' } })
  await workspace.drop('day.csv', prices(0, 2))
  {
    await using running = await Running.start(workspace)
    await importQuietly(running, 'day')
    expect(await running.ledgerLines()).toEqual(['day.csv#1 held'])
  }
  const { pipeline } = workspace
  const config = { ...workspace.config, pipelines: new Map([[pipeline, { ...workspace.settings, checks: [] }]]) }
  await using running = await Running.start(workspace, { config })
  const input = JSON.stringify({ pipeline, path: 'day.csv', action: 'retry' })
  await temporal(
    'workflow',
    'start',
    '--type',
    'actOnFile',
    '--task-queue',
    pipeline,
    '--workflow-id',
    `${pipeline}/act/day.csv`,
    '--input',
    input,
  )
  await until('the rows', async () => (await running.ledgerLines()).includes('day.csv#1 loaded'))
  expect(await running.client.workflow.getHandle(`${pipeline}/act/day.csv`).result()).toMatchObject({ status: 'loaded', rows: 2 })
  expect(await running.sharePrices()).toEqual({ 'day.csv': [0, 2] })
  const found = await running.client.workflow.getHandle(`${pipeline}/act/day.csv`).describe()
  expect(Object.fromEntries(found.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]))).toMatchObject({
    TidemarkPipeline: pipeline,
    TidemarkPartition: 'day',
    TidemarkStatus: 'loaded',
    TidemarkRows: 2,
  })
})
