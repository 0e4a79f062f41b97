// The path of a newcomer, on this machine: a clean clone, `npm ci`, `npm start`, a file dropped into the folder, Ctrl-C, and again.
// Exit code 0: all of it is as the README says. Each wait is for an event, and bounded.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../bench/free-port.mjs'

const INSTALL_MS = 10 * 60_000
/** The first start may fetch the Temporal server. */
const START_MS = 3 * 60_000
/** A dropped file settles for 2 s; the rest is the machine's. */
const LOAD_MS = 20_000
const STOP_MS = 45_000

const repository = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-newcomer-')))
const clone = join(folder, 'tidemark')
const env = { ...process.env }
for (const name of Object.keys(env))
  if (/^(TEMPORAL_ADDRESS|TEMPORAL_NAMESPACE|npm_.*|NODE_OPTIONS)$/.test(name)) delete env[name]
const ports = await Promise.all([freePort(), freePort()])
const START = ['start', '--', '--port', String(ports[0]), '--ui-port', String(ports[1])]

let running
try {
  execFileSync('git', ['clone', '--quiet', repository, clone], { stdio: 'inherit' })
  await step('npm ci', async () => ended(run('npm', ['ci', '--no-audit', '--no-fund']), INSTALL_MS))

  await step('npm start -- --once loads the samples', async () => {
    const { output, left } = await ended(run('npm', [...START, '--once']), START_MS)
    assert.deepEqual(left, [])
    assert.match(output, /^loaded daily_prices/m)
    assert.deepEqual(await rowCounts(), { daily: 24, dropped: 16 })
  })
  await step('a second time nothing is loaded again', async () => {
    const { output, left } = await ended(run('npm', [...START, '--once']), START_MS)
    assert.deepEqual(left, [])
    assert.doesNotMatch(output, /^loaded /m)
    assert.deepEqual(await rowCounts(), { daily: 24, dropped: 16 })
  })
  await step('npm start watches; a file that is dropped is loaded within seconds, and a line says so', async () => {
    running = run('npm', START)
    await said(running, `http://127.0.0.1:${ports[1]}`, START_MS)
    await said(running, `drop a file into ${join(clone, 'data', 'source')}`, START_MS)
    await said(running, 'watching', START_MS)
    writeFileSync(join(clone, 'data', 'source', '2018-01-25.csv'), readFileSync(join(clone, 'data', 'daily', '2018-01-22.csv')))
    await said(running, 'loaded dropped_prices 2018-01-25: 8 rows from 2018-01-25.csv', LOAD_MS)
    assert.deepEqual(await rowCounts(), { daily: 24, dropped: 24 })
  })
  await step('Ctrl-C stops all of it', async () => {
    process.kill(-running.child.pid, 'SIGINT')
    // The shell between npm and Tidemark may pass on that it was interrupted, though Tidemark itself ends with 0.
    const { output, left } = await ended(running, STOP_MS, [0, 'SIGINT'])
    assert.deepEqual(left, [])
    assert.match(output, /^stopping$/m)
    assert.equal(existsSync(join(clone, '.tidemark', 'server.json')), false)
  })
  await step('the next start goes on: nothing is loaded again', async () => {
    const { output, left } = await ended(run('npm', [...START, '--once']), START_MS)
    assert.deepEqual(left, [])
    assert.doesNotMatch(output, /^loaded /m)
    assert.deepEqual(await rowCounts(), { daily: 24, dropped: 24 })
  })
} finally {
  for (const { pid } of leftBehind()) end(pid)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function step(name, work) {
  const started = performance.now()
  await work()
  process.stdout.write(`ok  ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`)
}

/** In a process group of its own, as a terminal starts a command. */
function run(command, args) {
  const child = spawn(command, args, { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const started = { child, name: [command, ...args].join(' '), output: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      started.output += text
    })
  }
  started.exited = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })
  started.closed = new Promise((resolve) => child.once('close', resolve))
  return started
}

/** Its output, when it has ended as it should, and what runs in the clone at that moment. */
async function ended(started, withinMs, well = [0]) {
  const limit = new AbortController()
  const late = delay(withinMs, 'late', { signal: limit.signal }).catch(() => undefined)
  const end = await Promise.race([started.exited, late])
  limit.abort()
  assert.notEqual(end, 'late', `${started.name} has not ended in ${withinMs / 1000} s:\n${started.output}`)
  assert.ok(well.includes(end), `${started.name} ended with ${end}:\n${started.output}`)
  const left = leftBehind()
  await started.closed
  return { output: started.output, left }
}

async function said(started, text, withinMs) {
  const until = performance.now() + withinMs
  while (!started.output.includes(text)) {
    assert.equal(started.child.exitCode, null, `${started.name} has ended:\n${started.output}`)
    assert.ok(performance.now() < until, `expected "${text}" within ${withinMs / 1000} s, got:\n${started.output}`)
    await delay(50)
  }
}

async function rowCounts() {
  const sql =
    'SELECT (SELECT count(*)::INT FROM raw_partition_data) AS daily, (SELECT count(*)::INT FROM raw_dynamic_partition_data) AS dropped'
  const query = run('npx', ['--no-install', 'tidemark', 'query', '--json', sql])
  const { output } = await ended(query, LOAD_MS)
  return JSON.parse(output.slice(output.indexOf('[')))[0]
}

/** Processes that were started here: each names the clone or the port. */
function leftBehind() {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return lines
    .filter((line) => line.includes(clone) || line.includes(`--port ${ports[0]}`))
    .map((line) => ({ pid: Number.parseInt(line, 10), args: line.trim() }))
}

function end(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has just ended by itself
  }
}
