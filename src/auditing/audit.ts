import { TidemarkError } from '../errors.ts'
import { inWindow } from '../loading/candidate.ts'
import type { OpenPipeline } from '../loading/open-pipelines.ts'
import { judgeKey } from '../partitions/keys.ts'
import type { Listed } from '../sources/source.ts'
import type { Inventoried } from '../warehouse/inventory.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { type Compared, compare } from './compare.ts'
import { contentHash } from './content-hash.ts'
import type { Audit } from './finding.ts'

/** Where files keep changing, the last look counts: what it finds of those is so at that moment only. */
const LOOKS = 3
/** Reads under way at once. */
const AT_ONCE = 8

/** Source × ledger × table in full, beside a worker that goes on: the warehouse is not held while files are read. */
export async function audit(open: OpenPipeline, warehouse: Warehouse): Promise<Audit> {
  const { listed, inventory } = await atOneMoment(open, warehouse)
  const bytes = await bytesOf(open, listed, inventory)
  return compare({ pipeline: open.pipeline, listed, inventory, bytes, covers: (path) => covers(open, path) })
}

type Files = Map<string, { readonly listed: Listed; readonly key: string }>

/** The ledger is read between two listings that agree: else a load in between would look like a fault. */
async function atOneMoment(open: OpenPipeline, warehouse: Warehouse) {
  let before = await list(open)
  for (let looks = 1; ; looks++) {
    const inventory = await warehouse.inventory(open.pipeline)
    const listed = await list(open)
    if (looks === LOOKS || agree(before, listed)) return { listed, inventory }
    before = listed
  }
}

async function list(open: OpenPipeline): Promise<Files> {
  const files: Files = new Map()
  for await (const page of open.source.list(open.pattern, new AbortController().signal))
    for (const file of inWindow(open, page)) files.set(file.listed.path, file)
  return files
}

function agree(one: Files, other: Files): boolean {
  if (one.size !== other.size) return false
  for (const [path, { listed }] of one) if (other.get(path)?.listed.fingerprint !== listed.fingerprint) return false
  return true
}

function covers({ pattern, pipeline }: OpenPipeline, path: string): boolean {
  const key = pattern.keyOf(path)
  return key !== undefined && judgeKey(pipeline.partitions, key).verdict !== 'outside'
}

/** Of the files that are there as they were loaded. */
async function bytesOf(open: OpenPipeline, files: Files, inventory: readonly Inventoried[]): Promise<Compared['bytes']> {
  const unchanged = inventory.flatMap(({ path, newest }) => {
    const there = path === null ? undefined : files.get(path)?.listed
    return there !== undefined && newest?.status === 'loaded' && newest.fingerprint === there.fingerprint ? [there] : []
  })
  const bytes = new Map<string, { hash: string } | { error: string }>()
  for (let at = 0; at < unchanged.length; at += AT_ONCE) {
    await Promise.all(
      unchanged.slice(at, at + AT_ONCE).map(async (listed) => {
        const found = await readBytes(open, listed)
        if (found !== undefined) bytes.set(listed.path, found)
      }),
    )
  }
  return bytes
}

/** Undefined when it has changed or gone meanwhile. */
async function readBytes({ source }: OpenPipeline, listed: Listed) {
  const read = await contentHash(source, listed).then(
    (hash) => ({ hash }),
    (error: unknown) => {
      if (error instanceof TidemarkError && error.code === 'FileUnreadable') return { error: error.message }
      throw error
    },
  )
  return (await source.stat(listed.path))?.fingerprint === listed.fingerprint ? read : undefined
}
