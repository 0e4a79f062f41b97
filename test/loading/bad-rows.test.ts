import { expect, test } from '@jest/globals'
import { explained } from '../harness/explained.ts'
import { HEADER, prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

test('a file is loaded without its few bad rows, which the ledger counts and the warehouse keeps; with more it is held', async () => {
  await using workspace = await Workspace.create({ onBadRows: { reject: { rows: 2 } } })
  await using running = await Running.start(workspace)
  const load = () => running.tidemark.importPartition(running.pipeline, 'day')
  const rejected = (sequence: number) => running.worker.warehouse.rejected(running.pipeline, 'day.csv', sequence)

  await workspace.drop('day.csv', prices(1, 'secret-cell', 3, 'worse'))
  expect(await load()).toMatchObject({ state: 'loaded', rows: 2 })
  expect(await running.sharePrices()).toEqual({ 'day.csv': [1, 3] })
  expect(running.said.loads).toMatchObject([{ rows: 2, rejected: 2 }])
  expect((await rejected(1)).map(({ line, column }) => [line, column])).toEqual([
    [3, 'share_price'],
    [5, 'share_price'],
  ])
  const told = await explained(running, 'day.csv')
  expect(told).toMatch(
    /version 1: loaded, 2 rows without 2 bad rows\n(.*\n)*rejected: line 3, column share_price: not a DOUBLE: /,
  )

  await workspace.drop('day.csv', prices(1, 'secret-cell', 3, 'worse')) // another version of the same bytes
  await load()
  expect(await rejected(1)).toEqual([])
  expect(await rejected(2)).toHaveLength(2)

  await workspace.drop('day.csv', `${HEADER}\n1\n2\n3\n`)
  await expect(load()).rejects.toMatchObject({
    cause: {
      message: 'day.csv: 3 bad rows; first at line 2: 1 field where 6 are expected; onBadRows rejects at most 2',
    },
  })
  expect(await running.sharePrices()).toEqual({ 'day.csv': [1, 3] })
  expect((await running.ledger()).map(({ status, rows, rejected_rows }) => [status, rows, rejected_rows])).toEqual([
    ['superseded', 2, 2],
    ['loaded', 2, 2],
    ['held', null, 3],
  ])
  expect(JSON.stringify([running.said.told, await running.ledger()])).not.toContain('secret-cell')
})
