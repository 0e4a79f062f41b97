import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { systemCodeOf } from '../errors.ts'
import { isAlive, ProcessIdentity } from './process-identity.ts'

/** `server.json`: the embedded server of a state folder, for the next start and for other commands. */
export const ServerRecord = ProcessIdentity.extend({ address: z.string(), uiUrl: z.string() })
export type ServerRecord = z.infer<typeof ServerRecord>

/** The server that lives now, whoever started it. It may still be starting. */
export async function runningServer(stateFolder: string): Promise<ServerRecord | undefined> {
  const record = await readRecord(stateFolder)
  return record !== undefined && (await isAlive(record)) ? record : undefined
}

/** By a rename, so that nobody reads half of it. */
export async function writeRecord(stateFolder: string, record: ServerRecord): Promise<void> {
  const file = fileIn(stateFolder)
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, `${JSON.stringify(record)}\n`)
  await rename(unfinished, file)
}

/** Removes the record of this server, and not that of one which came after it. */
export async function removeRecord(stateFolder: string, { pid, started }: ProcessIdentity): Promise<void> {
  const record = await readRecord(stateFolder)
  if (record?.pid === pid && record.started === started) await rm(fileIn(stateFolder), { force: true })
}

/** A record that cannot be understood names no process that could be told from others: as good as none. */
async function readRecord(stateFolder: string): Promise<ServerRecord | undefined> {
  let text: string
  try {
    text = await readFile(fileIn(stateFolder), 'utf8')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    return ServerRecord.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

function fileIn(stateFolder: string): string {
  return join(stateFolder, 'server.json')
}
