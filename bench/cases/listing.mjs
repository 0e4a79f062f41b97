import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseConfig } from '../../dist/src/config/parse.js'
import { OpenPipelines } from '../../dist/src/loading/open-pipelines.js'
import { inFolder } from '../ground.mjs'
import { idleCalls } from '../listing/idle-calls.mjs'
import { isThere, KINDS } from '../listing/kinds.mjs'
import { COLUMNS } from '../small-files.mjs'

const RUNS = 5
/** An emulator may take long for one: then there are fewer, and at least one. */
const MOST_MS = 40_000
/** A small size is for machines that fetch nothing. */
const FETCHED_FROM = 1_000

export const name = 'listing'
export const sizes = { full: 20_000, short: 300 }

/** Each kind of source beside its client library, one after the other; and what it costs to ask a source in which nothing comes. */
export async function measure(files) {
  const rows = []
  for (const [kind, { start, ...about }] of Object.entries(KINDS)) {
    if (files < FETCHED_FROM && !isThere(about)) {
      console.error(`${kind} is left out: its server was not fetched`)
      continue
    }
    const ground = await start()
    try {
      rows.push(...(await inFolder((folder) => measureKind(kind, ground, folder, files))))
      console.error(`${kind} is measured`) // it may take minutes
    } finally {
      await ground.end()
      for (const folder of ground.folders) await rm(folder, { recursive: true })
    }
  }
  return rows
}

async function measureKind(kind, { source, fill, listAlone }, folder, files) {
  const config = configOf(source, folder)
  const open = new OpenPipelines(config).get('listing')
  await fill(Array.from({ length: files }, (_, index) => `file-${String(index).padStart(6, '0')}.csv`))
  const ours = []
  const limit = []
  // The first time of both is for loading what they need, and for their logins.
  const end = performance.now() + MOST_MS
  for (let run = 0; run <= RUNS && (run <= 1 || performance.now() < end); run++)
    for (const [list, times] of [
      [listAlone, limit],
      [() => listOurs(open), ours],
    ]) {
      const began = performance.now()
      const listed = await list()
      const ms = performance.now() - began
      if (listed !== files) throw new Error(`${kind}: ${listed} of ${files} files were listed`)
      if (run > 0) times.push(ms)
    }
  const listing = { what: `a listing of ${files} files: ${kind}`, limitIs: 'its client library alone', budget: 1.5, ours, limit }
  if (!open.source.can.remote) return [listing]
  const { whole, look, anHour } = await idleCalls(config, open, folder)
  const each = look === whole ? `${look} a look` : `${look} a look, ${whole} a sweep`
  return [listing, { what: `idle polling of ${files} files, ${each}: ${kind}`, unit: 'calls an hour', ours: anHour }]
}

async function listOurs({ source, pattern }) {
  let listed = 0
  for await (const page of source.list(pattern, new AbortController().signal)) listed += page.length
  return listed
}

function configOf(source, folder) {
  const listing = {
    source,
    partitions: { kind: 'dynamic', initial: 'none' },
    table: 'listing',
    columns: COLUMNS,
    sensor: {},
  }
  return parseConfig(
    { warehouse: { kind: 'duckdb', file: 'warehouse.duckdb' }, pipelines: { listing } },
    join(folder, 'tidemark.config.ts'),
  )
}
