import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'

const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-server-'))
  folders.push(folder)
  return folder
}

/** A program that answers `--version` as the Temporal CLI does, for what looks for one and does not start it. */
export const SMALL_CLI = '#!/bin/sh\necho "temporal version 0.0.0-test"\n'

export async function writeProgram(path: string, text = SMALL_CLI): Promise<string> {
  await writeFile(path, text, { mode: 0o755 })
  return path
}
