import { expect, test } from '@jest/globals'
import { prices } from '../../harness/prices.ts'
import { Running } from '../../harness/running.ts'
import { Workspace } from '../../harness/workspace.ts'
import { Looking } from './looking.ts'

const NAME = '<img src=x onerror="document.title=`owned`"><svg onload=alert(1)>'
const TURNED = 'day\u202ecod.exe'
const CELL = '<script>alert(2)</script><img src=y onerror=alert(3)>'

test('names, errors and cells from files are shown as they are, and are never markup', async () => {
  await using workspace = await Workspace.create()
  await using running = await Running.start(workspace)
  const { pipeline } = running
  await workspace.drop(`${NAME}.csv`, prices(1).replace('2018', CELL))
  await workspace.drop(`${TURNED}.csv`, prices(-1))
  await running.apply()
  await running.outcome(`${NAME}.csv`)
  await running.outcome(`${TURNED}.csv`)
  await using looking = await Looking.at(running)
  const page = await looking.open()

  await page.getByText(`${NAME}.csv`, { exact: true }).first().waitFor()
  await page.getByText('day\\u202ecod.exe.csv', { exact: true }).first().waitFor()
  await page.getByText(`${NAME}.csv`, { exact: true }).first().click()
  await page.getByRole('heading', { name: NAME }).waitFor()
  await page.getByText(CELL).first().waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: `${NAME} partition of ${pipeline}` }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('Looks of the sensor').waitFor()

  expect(await page.locator('main img, main script, main svg, nav img').count()).toBe(0)
  expect(await page.title()).toBe(`${pipeline} · Tidemark`)
  expect(looking.faults).toEqual([])
})

test('were a text ever to become markup, the page would refuse it', async () => {
  await using workspace = await Workspace.create()
  await using running = await Running.start(workspace)
  await using looking = await Looking.at(running)
  const page = await looking.open()
  await page.locator('#verdict').waitFor()
  // As text, so that no type of this page's own is in the way.
  const refused = await page.evaluate("try { document.body.innerHTML = '<b>x</b>'; 'taken' } catch (error) { error.name }")
  expect(refused).toBe('TypeError')
})
