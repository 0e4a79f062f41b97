import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { counted } from '../counted.ts'
import { columnType } from '../staging/column-types.ts'
import { dialectOf } from '../staging/dialect.ts'
import { receive } from '../staging/receive.ts'
import type { TableShape } from '../staging/table-shape.ts'
import { filesOf, type Kind } from './file-kinds.ts'
import type { GuessedPipeline, HeldSample } from './guess.ts'
import { guessFormats } from './guess-formats.ts'
import { firstRecord, headerFault } from './guess-header.ts'
import { guessColumn } from './guess-type.ts'
import type { Sample } from './sample.ts'
import type { Sampler } from './sampler.ts'
import { type ReadSample, surveyCells } from './survey-cells.ts'

export type GuessedTable = Pick<GuessedPipeline, 'columns' | 'csv' | 'columnsDiffer' | 'sampled' | 'cut' | 'held'>

/** Files that are read of a kind; how much of each; and of all together. */
const MOST_SAMPLES = 24
const SAMPLE_BYTES = 16 * 2 ** 20
const ALL_BYTES = 64 * 2 ** 20

/** Columns and types of a kind's files, or why none of them can be loaded. */
export async function guessTable(kind: Kind, sampler: Sampler): Promise<GuessedTable | string> {
  const held: HeldSample[] = []
  const samples = await takeSamples(kind, sampler, held)
  const { names, columnsDiffer } = namesOf(kind, samples)
  const fault = headerFault(names)
  if (fault !== undefined) return fault
  const shape = shapeOf(kind, names)
  const read: ReadSample[] = []
  for (const sample of samples) {
    const records = await readSample(sample, shape, sampler)
    if (typeof records !== 'string') read.push({ records, shape })
    else if (!sample.isCut) held.push({ path: sample.path, reason: records }) // a cut may go through a record
  }
  if (read.length === 0) return held[0]?.reason ?? 'no whole record is in the beginning of it'
  const facts = await sampler.run((connection) => surveyCells(connection, names, read))
  if (facts === undefined) return 'kills the database that reads it'
  for (const { records } of read) await rm(records.file, { force: true })
  const { open, ...formats } = guessFormats(facts)
  const columns = facts.map((fact) => guessColumn(fact, formats, open))
  const { delimiter, quote, escape: escaping } = kind.dialect
  const uses = (type: string) => columns.some((column) => column.type.startsWith(type))
  const csv = {
    delimiter,
    quote,
    escape: escaping,
    header: kind.header,
    nullText: [...new Set(columns.flatMap(({ words }) => words))],
    dateFormat: uses('DATE') ? formats.dateFormat : undefined,
    timestampFormat: uses('TIMESTAMP') ? formats.timestampFormat : undefined,
  }
  return { columns, csv, columnsDiffer, sampled: samples.length, cut: samples.filter(({ isCut }) => isCut).length, held }
}

async function takeSamples({ shapes }: Kind, sampler: Sampler, held: HeldSample[]): Promise<Sample[]> {
  const samples: Sample[] = []
  let bytes = 0
  for (const { path } of sampler.choose(filesOf(shapes), MOST_SAMPLES)) {
    if (bytes >= ALL_BYTES) break
    const sample = await sampler.take(path, Math.min(SAMPLE_BYTES, ALL_BYTES - bytes))
    if (typeof sample === 'string') held.push({ path, reason: sample })
    else {
      samples.push(sample)
      bytes += sample.bytes
    }
  }
  return samples
}

/** All names of all samples; what shares none of them is another table's, and is told when it is read. */
function namesOf({ header, names, dialect }: Kind, samples: readonly Sample[]) {
  if (!header) return { names, columnsDiffer: false }
  const all = new Map(names.map((name) => [plain(name), name]))
  let columnsDiffer = false
  for (const sample of samples) {
    const own = firstRecord(sample, dialect) ?? []
    if (!own.some((name) => all.has(plain(name)))) continue
    if (own.length !== all.size || own.some((name) => !all.has(plain(name)))) columnsDiffer = true
    if (headerFault(own) === undefined) for (const name of own) if (!all.has(plain(name))) all.set(plain(name), name)
  }
  return { names: [...all.values()], columnsDiffer }
}

function plain(name: string): string {
  return name.trim().toLowerCase()
}

function shapeOf({ dialect, header }: Kind, columns: readonly string[]): TableShape {
  const { delimiter, quote, escape: escaping } = dialect
  const csv = { delimiter, quote, escape: escaping, header, nullText: [] }
  const types = columns.map(() => columnType('VARCHAR'))
  return { csv, dialect: dialectOf(csv), columns, types, onBadRows: 'hold', onSchemaChange: header ? 'addColumns' : 'freeze' }
}

/** As a load reads it. */
async function readSample(sample: Sample, shape: TableShape, sampler: Sampler) {
  const received = await receive({
    source: { open: async () => createReadStream(sample.file) },
    version: { path: 'sample.csv', fingerprint: '', size: sample.bytes }, // it is unpacked
    loadedHash: undefined,
    shape,
    to: sampler.newPath(),
    signal: sampler.signal,
  })
  await rm(sample.file)
  if (received.kind === 'held') return received.held.message
  if (received.kind === 'same') throw new Error('expected a sample not to have been loaded')
  const { records } = received
  const [bad] = records.bad
  if (bad === undefined) return records
  const more = records.badCount === 1 ? '' : `, and ${counted(records.badCount - 1, 'more bad row')}`
  return `line ${bad.line}: ${bad.error}${more}`
}
