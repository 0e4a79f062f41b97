// Lists a source by the built code, without any native addon, and tells which libraries that has loaded. Arguments: the folder `dist`, a source as JSON.
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'
import { MessageChannel } from 'node:worker_threads'

const [dist, source] = process.argv.slice(2)
const loaded = new Set()
const { port1, port2 } = new MessageChannel()
port1.on('message', (url) => {
  const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? []
  if (name !== undefined) loaded.add(name)
})
const hooks = `let port
export const initialize = (data) => { port = data.port }
export const load = async (url, context, next) => { port.postMessage(url); return next(url, context) }`
register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: { port: port2 }, transferList: [port2] })
process.dlopen = (_module, file) => {
  throw new Error(`no addon may be loaded: ${file}`)
}

const imported = (path) => import(pathToFileURL(`${dist}/src/${path}`).href)
const { parseConfig } = await imported('config/parse.js')
const { openSource } = await imported('sources/open-source.js')
const { parsePattern } = await imported('partitions/pattern.js')
const pipeline = { source: JSON.parse(source), partitions: { kind: 'dynamic' }, table: 't', columns: { a: 'DOUBLE' }, sensor: {} }
const config = { warehouse: { kind: 'duckdb', file: 'none.duckdb' }, pipelines: { p: pipeline } }
const opened = openSource(parseConfig(config, '/nowhere/tidemark.config.ts').pipelines.get('p').source)
await new Promise((resolve) => setImmediate(resolve))
const before = [...loaded]
const paths = []
for await (const page of opened.list(parsePattern('{partition}.csv', { kind: 'dynamic' }), new AbortController().signal))
  for (const { path } of page) paths.push(path)
await new Promise((resolve) => setImmediate(resolve))
const at = Object.keys((await import('node:module')).createRequire(import.meta.url).cache)
for (const file of at) {
  const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file) ?? []
  if (name !== undefined) loaded.add(name)
}
process.stdout.write(JSON.stringify({ before, loaded: [...loaded], paths }))
process.exit(0)
