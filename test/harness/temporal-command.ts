import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findServerBinary } from '../../src/server/binary.ts'
import { testServer } from './server-address.ts'

let binary: Promise<string> | undefined

/** Runs the real `temporal` command against the server of the tests, and answers what it prints. */
export async function temporal(...args: readonly string[]): Promise<string> {
  binary ??= findServerBinary(process.env)
  const { stdout } = await promisify(execFile)(await binary, [...args, '--address', testServer()])
  return stdout
}
