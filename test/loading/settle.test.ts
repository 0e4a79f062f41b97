import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import { OpenPipelines } from '../../src/loading/open-pipelines.ts'
import { settled } from '../../src/loading/settle.ts'
import { prices } from '../harness/prices.ts'
import { Workspace } from '../harness/workspace.ts'

const NS_PER_MS = 1_000_000n
const ROUNDS = 20

/** Timers count from the beginning of the millisecond that they are set in, so from here on they end almost one early. */
function spinToTheEndOfAMillisecond(): void {
  while (process.hrtime.bigint() % NS_PER_MS < 950_000n);
}

test('a file that does not change settles at the first try, though a timer may end early', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '20ms' }),
  })
  await workspace.drop('day.csv', prices(1))
  for (let round = 0; round < ROUNDS; round++) {
    const open = new OpenPipelines(workspace.config).get(workspace.pipeline)
    const listed = await open.source.stat('day.csv')
    if (listed === undefined) throw new Error('expected the file to be there')
    const candidate = { listed, key: 'day', loadedHash: undefined }
    spinToTheEndOfAMillisecond()
    expect(await settled(open, [candidate], new AbortController().signal)).toEqual({ ready: [candidate], unsettled: [] })
  }
})

test('what a sweep forgets in between, because it is up to date there, settles for the load that wants to read it', async () => {
  await using workspace = await Workspace.create({
    source: localFolder('source', { files: '{partition}.csv', settle: '20ms' }),
  })
  const open = new OpenPipelines(workspace.config).get(workspace.pipeline)
  const settling = async (content: string | undefined) => {
    await workspace.drop('day.csv', prices(1))
    const listed = await open.source.stat('day.csv')
    if (listed === undefined) throw new Error('expected the file to be there')
    const candidate = { listed, key: 'day', loadedHash: undefined }
    const result = settled(open, [candidate], new AbortController().signal)
    open.sightings.forgetAllBut(new Set())
    if (content !== undefined) await workspace.drop('day.csv', content)
    const { ready, unsettled } = await result
    return { ready: ready.length, unsettled: unsettled.length }
  }
  expect(await settling(undefined)).toEqual({ ready: 1, unsettled: 0 })
  expect(await settling(prices(2))).toEqual({ ready: 0, unsettled: 1 })
})
