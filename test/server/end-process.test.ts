import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { endProcess } from '../../src/server/end-process.ts'
import { identify, isAlive } from '../../src/server/process-identity.ts'
import { kill } from './child.ts'

test('a process that ignores the request to end is made to end', async () => {
  const { child, identity } = await start('process.on("SIGTERM", () => {})')
  await endProcess(identity, 100)
  expect(await isAlive(identity)).toBe(false)
  if (child.signalCode === null) await once(child, 'exit')
  expect(child.signalCode).toBe('SIGKILL')
})

test('another process that has got the id is left alone', async () => {
  const { child, identity } = await start('')
  try {
    await endProcess({ ...identity, started: `${identity.started}0` }, 0)
    expect(await isAlive(identity)).toBe(true)
  } finally {
    await kill(child)
  }
})

test('a process that is gone is not waited for', async () => {
  const { child, identity } = await start('')
  await kill(child)
  await endProcess(identity)
  expect(await identify(identity.pid)).toBeUndefined()
})

async function start(program: string) {
  const stay = `${program}; setInterval(() => {}, 60000); console.log("ready")`
  const child: ChildProcess = spawn(process.execPath, ['-e', stay], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.stdout === null || child.pid === undefined) throw new Error('expected a process with an output')
  await once(child.stdout, 'data')
  const identity = await identify(child.pid)
  if (identity === undefined) throw new Error('expected the process to live')
  return { child, identity }
}
