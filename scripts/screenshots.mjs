// Starts Tidemark on example data, and takes pictures of its page and of the Temporal Web UI into docs/images/.
// Chromium must be there: `apt-get install chromium`, or CHROMIUM_PATH names another one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { freePort } from '../bench/free-port.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const images = join(root, 'docs', 'images')
const DAY_MS = 86_400_000
const PATIENCE_MS = 120_000
const MOST_BYTES = 150_000

const folder = mkdtempSync(join(tmpdir(), 'tidemark-screenshots-'))
const today = Date.now() - (Date.now() % DAY_MS)
const dayBefore = (days) => new Date(today - days * DAY_MS).toISOString().slice(0, 10)

const CONFIG = `import { above, daily, defineConfig, duckdb, dynamic, hourly, localFolder, notNull } from 'tidemark'
const source = (folder) => localFolder(folder, { files: '{partition}.csv', settle: '200ms' })
export default defineConfig({
  warehouse: duckdb('.tidemark/warehouse.duckdb'),
  pipelines: {
    daily_prices: {
      source: source('prices'), table: 'prices', partitions: daily({ start: '${dayBefore(250)}' }),
      columns: { date: 'DATE', share_price: 'DOUBLE', amount: 'DOUBLE' }, checks: [above('share_price', 0), notNull('amount')],
      schedule: { cron: '0 0 * * *', lateAfter: '10m', missingAfter: '36h' }, sensor: { every: '10s' },
      expect: { except: ['sat', 'sun'] },
    },
    hourly_events: {
      source: source('events'), table: 'events', partitions: hourly({ start: '${dayBefore(60)}-00', end: '${dayBefore(1)}-23' }),
      columns: { id: 'INTEGER' }, sensor: { every: '10s' },
    },
    dropped_orders: {
      source: source('orders'), table: 'orders', partitions: dynamic(), columns: { id: 'INTEGER' }, sensor: { every: '10s' },
    },
  },
})
`

function write(name, text) {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

const pricesOf = (price, rows = 40) =>
  ['date,share_price,amount', ...Array.from({ length: rows }, (_, row) => `2018-01-22,${price + row},${row}`), ''].join('\n')

function makeExample() {
  write('tidemark.config.ts', CONFIG)
  for (let days = 250; days >= 1; days--) {
    const isWeekend = [0, 6].includes(new Date(today - days * DAY_MS).getUTCDay())
    const isMissing = days >= 31 && days <= 34
    if (!isWeekend && !isMissing) write(`prices/${dayBefore(days)}.csv`, pricesOf(10 + (days % 7)))
  }
  for (let days = 60; days >= 1; days--)
    for (let hour = 0; hour < 24; hour++)
      write(
        `events/${dayBefore(days)}-${String(hour).padStart(2, '0')}.csv`,
        `id\n${Array.from({ length: hour + 1 }, (_, row) => row).join('\n')}\n`,
      )
  for (const name of ['berlin-0412', 'lyon-0977', 'oslo-1203', 'porto-0031']) write(`orders/${name}.csv`, 'id\n1\n2\n3\n')
}

/** What goes wrong later, and what is corrected. */
function changeExample(heldDay) {
  write(`prices/${heldDay}.csv`, pricesOf(-2))
  write(`prices/${dayBefore(100)}.csv`, pricesOf(21, 44))
  write('orders/turin-5512.csv', 'id\n7\nseven\n')
}

function start(ports) {
  const args = ['up', '--port', ports[0], '--ui-port', ports[1], '--page-port', ports[2]].map(String)
  const env = { ...process.env }
  delete env.TEMPORAL_ADDRESS
  const child = spawn(process.execPath, [join(root, 'dist/src/cli/main.js'), ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  const until = async (pattern) => {
    const end = performance.now() + PATIENCE_MS
    while (!pattern.test(said)) {
      if (performance.now() > end || child.exitCode !== null) throw new Error(`expected ${pattern}, got ${said}`)
      await once(child.stdout, 'data')
    }
  }
  return { child, until }
}

async function picture(page, name, clip) {
  const path = join(images, `${name}.png`)
  await page.screenshot({ path, ...(clip === undefined ? {} : { clip }) })
  const { size } = statSync(path)
  if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes; expected at most ${MOST_BYTES}`)
  console.log(`${path}: ${Math.round(size / 1000)} KB`)
}

mkdirSync(images, { recursive: true })
makeExample()
const weekdays = Array.from({ length: 20 }, (_, days) => days + 2).filter(
  (days) => ![0, 6].includes(new Date(today - days * DAY_MS).getUTCDay()),
)
const heldDay = dayBefore(weekdays[2])
const ports = [await freePort(), await freePort(), await freePort()]
const { child, until } = start(ports)
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args })
try {
  await until(/watching; Ctrl-C/)
  await until(/daily_prices: .*rows from \d+ files/)
  await until(/hourly_events: .*rows from 1,?440 files|hourly_events: [\s\S]*hourly_events: /)
  await until(/dropped_orders/)
  changeExample(heldDay)
  const light = await browser.newContext({
    viewport: { width: 1180, height: 720 },
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  const page = await light.newPage()
  // A picture shows the folder of a project, not that of this run.
  await page.route(/\/api\/(?!changes)/, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: (await response.text()).replaceAll(folder, '/home/you/prices') })
  })
  const address = `http://127.0.0.1:${ports[2]}/`
  await page.goto(address)
  await page.getByText('turin-5512.csv').first().waitFor({ timeout: PATIENCE_MS })
  await page.getByText(`${heldDay}.csv`).first().waitFor({ timeout: PATIENCE_MS })
  await page.locator('text=Needs somebody').waitFor()
  await picture(page, 'page-overview')
  await page.goto(`${address}#pipeline=daily_prices`)
  await page.locator('#calendar').waitFor()
  await picture(page, 'page-pipeline')
  await page.goto(`${address}#pipeline=daily_prices&key=${heldDay}`)
  await page.getByText('partition of daily_prices').waitFor()
  await page.getByText(`${heldDay}.csv`).first().waitFor()
  await picture(page, 'page-partition')
  await page.goto(`${address}#pipeline=hourly_events`)
  await page.locator('#calendar').waitFor()
  await page.getByText('hourly_events').nth(1).waitFor()
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(`${address}#pipeline=daily_prices`)
  await page.locator(`#cell-${dayBefore(100)}`).waitFor()
  await picture(page, 'page-pipeline-dark')
  await page.goto(address)
  await page.locator('#verdict').waitFor()
  await picture(page, 'page-overview-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(`http://127.0.0.1:${ports[1]}/namespaces/default/workflows`)
  await page.getByText('daily_prices/sensor').first().waitFor({ timeout: PATIENCE_MS })
  await picture(page, 'web-ui')
} finally {
  await browser.close()
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  await ended
  rmSync(folder, { recursive: true, force: true })
}
