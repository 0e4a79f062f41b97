import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { recordFault } from './record-fault.ts'
import type { Records } from './record-file.ts'
import { RecordScanner } from './record-scanner.ts'
import { StagingFile, staging } from './staging-file.ts'
import type { TableShape } from './table-shape.ts'

const WRITE_FROM_BYTES = 256 * 1024

/** The records without those that are bad, in a file of their own: what came stays, for its lines and texts. */
export async function sift(records: Records, { dialect }: TableShape, to: string): Promise<Records> {
  const { file, start, firstLine: line, lineEnd, places } = records
  const sifted = await StagingFile.create(to)
  try {
    await sifted.write(await headOf(file, start))
    const scanner = new RecordScanner(dialect, { line, lineEnd })
    let good: Buffer[] = []
    let bytes = 0
    let record: Buffer[] = []
    const judge = () => {
      if (recordFault(scanner.last, places.length) === '') {
        good.push(...record)
        bytes += record.reduce((sum, { length }) => sum + length, 0)
      }
      record = []
    }
    for await (const chunk of createReadStream(file, { start })) {
      for (let at = 0; at < chunk.length; ) {
        const before = scanner.records
        const end = scanner.push(chunk, at)
        record.push(chunk.subarray(at, end))
        at = end
        if (scanner.records > before) judge()
      }
      if (bytes < WRITE_FROM_BYTES) continue
      await sifted.write(Buffer.concat(good))
      good = []
      bytes = 0
    }
    const before = scanner.records
    scanner.end()
    if (scanner.records > before) judge()
    await sifted.write(Buffer.concat(good))
    return { ...records, sifted: to }
  } finally {
    await sifted.close()
  }
}

async function headOf(file: string, length: number): Promise<Buffer> {
  return staging(async () => {
    const handle = await open(file)
    try {
      return (await handle.read({ buffer: Buffer.alloc(length), position: 0 })).buffer
    } finally {
      await handle.close()
    }
  })
}
