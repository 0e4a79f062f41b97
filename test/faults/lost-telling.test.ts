import { expect, test } from '@jest/globals'
import type { Reporter } from '../../src/reporter.ts'
import type { News } from '../../src/warehouse/news.ts'
import { prices } from '../harness/prices.ts'
import { Running } from '../harness/running.ts'
import { Workspace } from '../harness/workspace.ts'

/** As a worker that dies while it tells something: the first time nothing comes back. */
class DeadAtFirst implements Reporter {
  #told = 0
  #end = () => {}
  news(_: News): void | Promise<void> {
    this.#told += 1
    if (this.#told === 1)
      return new Promise((resolve) => {
        this.#end = resolve
      })
  }
  end(): void {
    this.#end()
  }
  duplicates(): void {}
  loaded(): void {}
  waiting(): void {}
}

test('a worker that is lost while it tells of a held file does not keep a newer version waiting for minutes', async () => {
  await using workspace = await Workspace.create()
  const reporter = new DeadAtFirst()
  await using running = await Running.start(workspace, { reporter })
  await running.apply()
  await workspace.drop('day.csv', prices(0))
  await running.outcome('day.csv')
  await workspace.drop('day.csv', prices(1))
  expect(await running.outcome('day.csv', 2)).toMatchObject({ status: 'loaded' })
  reporter.end()
})
