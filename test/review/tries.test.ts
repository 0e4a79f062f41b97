import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Surveyor } from '../../src/cli/survey.ts'
import { TidemarkError } from '../../src/errors.ts'
import { loadPartition } from '../../src/loading/load-partition.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import type { Version } from '../../src/sources/source.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { prices } from '../harness/prices.ts'
import { Workspace } from '../harness/workspace.ts'

test('the tries of a file that cannot be read add up, beside good files, until it is gone', async () => {
  await using workspace = await Workspace.create({
    source: { kind: 'local', folder: 'source', files: '{partition}/*.csv', settle: '0s' },
  })
  await workspace.drop('day/good.csv', prices(1))
  await workspace.drop('day/bad.csv', prices(2))
  await using warehouse = openWarehouse(workspace.config, () => undefined)
  const { source, ...rest } = new OpenPipelines(workspace.config).get(workspace.pipeline)
  const failing = new TidemarkError('FileUnreadable', 'the disk is broken there')
  const open = {
    ...rest,
    source: {
      ...source,
      open: (version: Version) => (version.path === 'day/bad.csv' ? Promise.reject(failing) : source.open(version)),
    },
  }
  const context = { warehouse, stagingFolder: join(workspace.folder, 'staging') }
  const { signal } = new AbortController()
  const load = (runId: string, lastTry: boolean) =>
    loadPartition(context, { open, key: 'day', hints: [], run: { workflowId: 'w', runId }, lastTry, signal })
  for (const tries of [1, 2, 3]) {
    for (const lastTry of [false, true]) await expect(load(`run ${tries}`, lastTry)).rejects.toBe(failing)
    expect(await warehouse.backoffs(workspace.pipeline)).toMatchObject([{ key: 'day', tries, error: failing.message }])
  }
  const surveyor = new Surveyor(workspace.config, warehouse)
  await workspace.drop('other/a.csv', prices(3))
  expect(await surveyor.survey(workspace.pipeline)).toMatchObject({
    loaded: 1,
    unsettled: 1,
    retrying: [{ key: 'day', tries: 3 }],
  })
  await rm(workspace.path('day/bad.csv'))
  expect(await surveyor.survey(workspace.pipeline)).toMatchObject({ loaded: 1, unsettled: 1, retrying: [] })
})
