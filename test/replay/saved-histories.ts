import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import proto from '@temporalio/proto'
import type { History } from '@temporalio/worker'
import { packageRoot } from '../../src/package-root.ts'
import type { Recorded } from '../harness/replay.ts'

const { History: Messages } = proto.temporal.api.history.v1

const FOLDER = join(packageRoot(), 'test', 'histories')

/** Keeps a history as `<workflow type>/<name>.json`, without what tells of the machine and folder that made it. */
export async function saveHistory(name: string, history: History, folder: string): Promise<void> {
  const path = join(FOLDER, `${name}.json`)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${JSON.stringify(scrubbed(toJson(history), folder), null, 1)}\n`)
}

/** By type, then by name. */
export async function savedHistories(): Promise<Recorded[]> {
  const files = (await readdir(FOLDER, { recursive: true })).filter((file) => file.endsWith('.json')).sort()
  return Promise.all(files.map(async (file) => ({ workflowId: nameOf(file), history: await savedHistory(nameOf(file)) })))
}

export async function savedHistory(name: string): Promise<History> {
  const json: unknown = JSON.parse(await readFile(join(FOLDER, `${name}.json`), 'utf8'))
  if (typeof json !== 'object' || json === null) throw new Error(`expected ${name}.json to hold a history`)
  return Messages.fromObject(json)
}

/** Not the SDK's own `historyToJSON`: it refuses its messages when npm has installed protobufjs twice. */
function toJson(history: History): unknown {
  return Messages.toObject(Messages.fromObject(history), { longs: String, enums: String, bytes: String })
}

function nameOf(file: string): string {
  return `${basename(dirname(file))}/${basename(file, '.json')}`
}

/** A replay compares neither payloads nor who did it, so what is said in them may be changed. */
function scrubbed(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) return value.map((item) => scrubbed(item, folder))
  if (typeof value === 'string') return value.replaceAll(folder, '/example')
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (name === 'identity') return [name, 'recorder']
      if (name === 'stackTrace') return [name, '']
      if (name === 'data' && typeof field === 'string') return [name, scrubbedPayload(field, folder)]
      return [name, scrubbed(field, folder)]
    }),
  )
}

function scrubbedPayload(base64: string, folder: string): string {
  return Buffer.from(Buffer.from(base64, 'base64').toString('utf8').replaceAll(folder, '/example')).toString('base64')
}
