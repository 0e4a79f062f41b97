// Receives a small file of a source and then a large one by the built code, as a load does, and tells what of the large one is on disk and how far
// this process's memory grew for it. Arguments: the folder `dist`, a source as JSON, a folder to write in.
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

/** While nobody reads, so much that came without being asked for would be seen. */
const PAUSE_MS = 1_000

const [dist, source, folder] = process.argv.slice(2)
const imported = (path) => import(pathToFileURL(`${dist}/src/${path}`).href)
const { parseConfig } = await imported('config/parse.js')
const { openSource } = await imported('sources/open-source.js')
const { receive } = await imported('staging/receive.js')
const { shapeOf } = await imported('staging/table-shape.js')
const given = { source: JSON.parse(source), partitions: { kind: 'dynamic' }, table: 't', columns: { a: 'VARCHAR' }, sensor: {} }
const config = { warehouse: { kind: 'duckdb', file: 'none.duckdb' }, pipelines: { p: given } }
const pipeline = parseConfig(config, '/nowhere/tidemark.config.ts').pipelines.get('p')
const opened = openSource(pipeline.source)

async function read(path) {
  const version = await opened.stat(path)
  let chunks = 0
  const slowly = {
    open: async (of) => {
      async function* chunksOf(stream) {
        for await (const chunk of stream) {
          if (chunks++ === 1) await delay(PAUSE_MS)
          yield chunk
        }
      }
      const { Readable } = await import('node:stream')
      return Readable.from(chunksOf(await opened.open(of)), { objectMode: false })
    },
  }
  const to = join(folder, path.replace('.csv', ''))
  const { signal } = new AbortController()
  const { kind } = await receive({ source: slowly, version, loadedHash: undefined, shape: shapeOf(pipeline), to, signal })
  return { kind, bytes: (await stat(`${to}.csv`)).size }
}

await read('small.csv')
const before = process.memoryUsage.rss()
const { kind, bytes } = await read('large.csv')
// Of this program alone: what `resourceUsage` tells is also of the one that has started it.
const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
const grownBytes = Number(peak) * 1024 - before
process.stdout.write(JSON.stringify({ kind, bytes, grownBytes }))
process.exit(0)
