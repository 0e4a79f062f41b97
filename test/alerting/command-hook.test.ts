import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { alertOf } from '../../src/alerting/alert.ts'
import { runCommandHook } from '../../src/alerting/command-hook.ts'

const HOSTILE = '$(touch here) `touch here`; "quoted" \0 ünï'
const ALERT = alertOf({ pipeline: 'prices', partition: HOSTILE, what: 'late', reason: HOSTILE }, 'prices/x', new Date(0))

/** A folder with an executable `hook`, for one test. */
async function hook(script: string, signal = new AbortController().signal) {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-hook-'))
  await writeFile(join(folder, 'hook'), `#!/bin/sh\n${script}\n`)
  await chmod(join(folder, 'hook'), 0o755)
  return {
    run: (...command: readonly string[]) =>
      runCommandHook(ALERT, { command: command.length === 0 ? ['./hook'] : command, folder }, signal),
    read: (name: string) => readFile(join(folder, name), 'utf8'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

test('the alert is its input as JSON, and in variables; no shell reads any of it', async () => {
  await using hooked = await hook('cat > got; echo "$1 $TIDEMARK_WHAT $TIDEMARK_PIPELINE $TIDEMARK_REASON" > said')
  await hooked.run('./hook', HOSTILE.replace('\0', ''))
  expect(JSON.parse(await hooked.read('got'))).toEqual(ALERT)
  const said = HOSTILE.replace('\0', '')
  expect(await hooked.read('said')).toBe(`${said} late prices ${said}\n`)
  await expect(hooked.read('here')).rejects.toThrow('ENOENT')
})

test('a program that reads nothing is well; one that ends in another way is a failure that is tried again', async () => {
  await using hooked = await hook('exit "$1"')
  await hooked.run('./hook', '0')
  await expect(hooked.run('./hook', '3')).rejects.toMatchObject({ message: './hook ended with 3', retryable: true })
  await expect(hooked.run('./none')).rejects.toMatchObject({ message: './none cannot be run: ENOENT', retryable: true })
})

test('what it prints is in no error', async () => {
  await using hooked = await hook('echo canary; echo canary >&2; exit 1')
  await expect(hooked.run()).rejects.toMatchObject({ message: './hook ended with 1' })
})

test('a worker that ends takes it with it', async () => {
  const ending = new AbortController()
  await using hooked = await hook('exec sleep 60', ending.signal)
  const run = hooked.run()
  ending.abort()
  await expect(run).rejects.toMatchObject({ retryable: true })
})
