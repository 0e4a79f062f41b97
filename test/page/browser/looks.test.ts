import { expect, test } from '@jest/globals'
import { daily, dynamic } from '../../../src/config/define.ts'
import { runningServer } from '../../../src/server/server-record.ts'
import { prices } from '../../harness/prices.ts'
import { Running } from '../../harness/running.ts'
import { testServerState } from '../../harness/server-address.ts'
import { Workspace } from '../../harness/workspace.ts'
import { Looking } from './looking.ts'

const DAYS = daily({ start: '2018-01-22', end: '2018-01-26' })

test('what needs somebody is there at one look, with what to do; a file that comes changes it without a reload', async () => {
  await using workspace = await Workspace.create({ partitions: DAYS, expect: {}, sensor: { every: '1s' } })
  await using running = await Running.start(workspace)
  const { pipeline } = running
  for (const day of [22, 24, 26]) await workspace.drop(`2018-01-${day}.csv`, prices(1, 2))
  await workspace.drop('2018-01-25.csv', prices(1, -2))
  await running.apply()
  for (const day of [22, 24, 25, 26]) await running.outcome(`2018-01-${day}.csv`)
  await using looking = await Looking.at(running)
  const page = await looking.open()
  await page.getByText('2 things need somebody').waitFor()
  await page.getByText('check above(share_price, 0) failed for 1 of 2 rows').waitFor()
  await page.getByText("npx tidemark release 2018-01-25.csv --reason 'why'").waitFor()
  await page.getByText(`npx tidemark import ${pipeline} 2018-01-23`).waitFor()
  await page.getByText('sensor, watching').waitFor()

  const opened = await page.evaluate('performance.timeOrigin')
  await workspace.drop('2018-01-23.csv', prices(3))
  await page.getByText('1 thing needs somebody').waitFor()
  await workspace.drop('2018-01-25.csv', prices(3, 4))
  await page.getByText('Everything that is due is in').waitFor()
  expect(await page.evaluate('performance.timeOrigin')).toBe(opened)
  expect([...looking.hosts]).toEqual([new URL(looking.url).host])
  expect(looking.faults).toEqual([])
})

test('all of it by keyboard: from the calendar to a file, its versions, and back', async () => {
  await using workspace = await Workspace.create({ partitions: DAYS, expect: {} })
  await using running = await Running.start(workspace)
  const { pipeline } = running
  for (const day of [22, 23, 24, 25, 26]) await workspace.drop(`2018-01-${day}.csv`, prices(1))
  await running.apply()
  for (const day of [22, 23, 24, 25, 26]) await running.outcome(`2018-01-${day}.csv`)
  await workspace.drop('2018-01-25.csv', prices(1, 2))
  await running.outcome('2018-01-25.csv', 2)
  await using looking = await Looking.at(running)
  const page = await looking.open()
  await page.locator(`[id="pipeline-${pipeline}"]`).focus()
  await page.keyboard.press('Enter')
  // What was opened is gone with its place: the next Tab goes on at the beginning of the new one.
  await page.locator('#main:focus #cell-2018-01-26').waitFor()
  // One stop for the whole calendar, at its newest day; then the keys move in it.
  await page.locator('#cell-2018-01-26').focus()
  await page.keyboard.press('ArrowUp')
  const focused = () => page.evaluate('document.activeElement.getAttribute("aria-label")')
  expect(await focused()).toBe('2018-01-25: loaded, 1 file, 2 rows')
  expect(await page.locator('#calendar button[tabindex="0"]').count()).toBe(1)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '2018-01-25 partition' }).waitFor()
  await page.getByText('2, restated').waitFor()
  await page.locator('#file-0').focus()
  await page.keyboard.press('Enter')
  await page.getByText('superseded').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('#file-0:focus').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('#cell-2018-01-25:focus').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('01-22')
  await page.keyboard.press('Enter')
  await page.getByText('1: with “01-22”').waitFor()
  expect(looking.faults).toEqual([])
})

test('everything leads to its workflow in the Temporal Web UI', async () => {
  const server = await runningServer(testServerState())
  await using workspace = await Workspace.create()
  await using running = await Running.start(workspace)
  await workspace.drop('a b.csv', prices(1))
  await running.apply()
  const { workflow_id } = await running.outcome('a b.csv')
  await using looking = await Looking.at(running, { uiUrl: server?.uiUrl ?? '' })
  const page = await looking.open(`#pipeline=${running.pipeline}&key=a+b`)
  await page.getByRole('link', { name: 'Temporal Web UI' }).waitFor()
  const opened = page.waitForEvent('popup')
  await page.locator('#file-workflow-0').click()
  const workflow = await opened
  await workflow
    .getByText(workflow_id ?? '')
    .first()
    .waitFor()
  expect(workflow.url()).toContain(`/namespaces/default/workflows/${encodeURIComponent(workflow_id ?? '')}/`)
})

test('it is legible in the dark and in the light, as the machine is set', async () => {
  await using workspace = await Workspace.create({ partitions: dynamic() })
  await using running = await Running.start(workspace)
  await using looking = await Looking.at(running, { colorScheme: 'dark' })
  const page = await looking.open()
  await page.locator('#verdict').waitFor()
  const contrast = () =>
    page.evaluate(`(() => {
      const { color, backgroundColor } = getComputedStyle(document.body)
      const light = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255).map((one) => one <= 0.04 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0)
      const [text, ground] = [light(color), light(backgroundColor)]
      return { isDark: ground < text, ratio: (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05) }
    })()`) as Promise<{ isDark: boolean; ratio: number }>
  const dark = await contrast()
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await contrast()
  expect([dark.isDark, light.isDark]).toEqual([true, false])
  expect(Math.min(dark.ratio, light.ratio)).toBeGreaterThan(7)
})
