// A random attack on the whole product from outside: files come and go in all ways, processes die, people interfere. In the end ledger and
// table must be what the files say. npm run soak -- [--minutes N] [--seed S]; the same seed makes the same sequence of actions.
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort } from './free-port.mjs'
import { chooseAction } from './soak/actions.mjs'
import { PIPELINES } from './soak/config.mjs'
import { Product } from './soak/product.mjs'
import { seeded } from './soak/random.mjs'
import { SourceFiles } from './soak/source-files.mjs'
import { TakenFiles } from './soak/taken-files.mjs'
import { differences, notUpToDate } from './soak/verdict.mjs'

const SETTLE_MS = 300
/** While it watches, all must be in the ledger within this: a server needs 10 s to believe that a worker is dead. */
const CATCH_UP_MS = 60_000
const LONGEST_SHOWN = 6_000

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' }, keep: { type: 'boolean' } } })
const seconds = Number(values.minutes ?? 1) * 60
const seed = Number(values.seed ?? Date.now() % 1_000_000)
console.log(`soak for ${seconds} s; --seed ${seed}`)

const random = seeded(seed)
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-soak-')))
const faults = []
const product = new Product({ folder, ports: [await freePort(), await freePort()], settleMs: SETTLE_MS, faults })
const pipelines = [
  new SourceFiles({ name: 'dropped', folder, verdictOf: () => 'valid' }),
  new SourceFiles({ name: 'daily', folder, verdictOf: dailyVerdict }),
  new SourceFiles({ name: 'mirror', folder, verdictOf: () => 'valid' }),
]
const taken = new TakenFiles({ folder })
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await product.end()
    process.exit(1)
  })
}
try {
  const actions = await attack()
  await settleDown()
  const versions = pipelines.flatMap((files) => [...files.versions.values()].flat()).length
  if (faults.length === 0) console.log(`well after ${actions} actions and ${versions} versions of files`)
} catch (error) {
  faults.push(error.stack)
} finally {
  await product.end()
}
if (values.keep) console.log(`kept ${folder}`)
else rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
if (faults.length > 0) {
  console.log(`\nseed ${seed}: ${faults.length} differences\n${faults.map((fault) => fault.slice(0, LONGEST_SHOWN)).join('\n')}`)
  process.exitCode = 1
}

async function attack() {
  const end = performance.now() + seconds * 1000
  let actions = 0
  for (; performance.now() < end; actions++) {
    if (random.chance(0.01)) await say('all is quiet until', catchUp)
    const { name, run } = chooseAction(random, product, pipelines, taken)
    await say(name, run)
    // Shorter, longer and much longer than a file takes to settle, and never within one tick of the file system's clock.
    await delay(
      random.between(
        ...random.pick([
          [15, 60],
          [15, 60],
          [100, 450],
          [100, 450],
          [500, 1000],
        ]),
      ),
    ) // prettier-ignore
  }
  return actions
}

/** An action that found nothing to do says nothing. */
async function say(name, work) {
  const began = performance.now()
  const what = await work()
  if (what === undefined) return
  console.log(`${(began / 1000).toFixed(2).padStart(7)} s  ${name} ${what}`)
}

/** Nothing is changed any more, and it watches: so all is in the ledger soon. */
async function catchUp() {
  await watchAll()
  const end = performance.now() + CATCH_UP_MS
  for (;;) {
    const left = []
    for (const files of pipelines) {
      const { output } = await product.command('files', files.name, '--json')
      const entries = new Map(output.startsWith('[') ? JSON.parse(output).map((entry) => [entry.path, entry]) : [])
      left.push(...notUpToDate(files, (path) => entries.get(path)).map((path) => `${files.name}/${path}`))
      for (const [path, { gone_at }] of entries)
        if (files.current(path) === undefined && gone_at === null) left.push(`${files.name}/${path}, which is gone`)
    }
    if (left.length === 0) return 'it has caught up'
    if (performance.now() > end) {
      faults.push(`it watches, but after ${CATCH_UP_MS / 1000} s these were not in the ledger: ${left.join(', ')}`)
      return 'it has not caught up'
    }
  }
}

async function watchAll() {
  if (product.isStalled) product.wake()
  if (!product.isUp) product.start()
  await product.watching()
  await product.resumeAll()
}

async function settleDown() {
  await catchUp() // what is gone is believed by a sensor only
  await product.endBackground()
  await product.stop()
  const { code, output } = await product.once()
  await product.once() // what killed loads have left goes at the first start after the end of their runs
  const staged = stagedFolders()
  if (staged.length > 0) faults.push(`staging is left: ${staged.join(', ')}`)
  faults.push(...product.brokenWorkflows())
  const left = product.left()
  if (left.length > 0) faults.push(`processes are left:\n${left.join('\n')}`)
  const found = await differences(product.warehouse, pipelines, taken, SETTLE_MS)
  faults.push(...found)
  for (const name of PIPELINES) {
    const { output } = await product.command('audit', name, '--json')
    const { findings } = JSON.parse(output)
    // That a file was renamed, and so is loaded twice, is true, and no fault of the product.
    const unexpected = findings.filter(({ kind, what }) => kind !== 'duplicated' || !what.includes('it has the same bytes'))
    if (unexpected.length > 0) faults.push(`\`audit ${name}\` found ${JSON.stringify(unexpected, null, 1)}`)
  }
  if (found.length > 0 || ![0, 1].includes(code)) faults.push(`\`up --once\` ended with ${code}:\n${output}`)
}

function stagedFolders() {
  const staging = join(folder, '.tidemark', 'staging')
  return existsSync(staging) ? readdirSync(staging) : []
}

function dailyVerdict(path) {
  const [day] = path.split('.')
  if (day === '2018-02-30') return 'invalid'
  return day >= '2018-01-01' && day <= '2018-01-06' ? 'valid' : 'outside'
}
