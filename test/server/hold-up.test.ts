import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { holdUp } from '../../src/server/hold-up.ts'
import { identify } from '../../src/server/process-identity.ts'
import { writeRecord } from '../../src/server/server-record.ts'
import { kill, nextLine, runProgram } from './child.ts'
import { temporaryFolder } from './temporary.ts'

test('the second one is told who runs, where its Web UI is, and what to do; after the first is done it can run', async () => {
  const stateFolder = await temporaryFolder()
  const self = await identify(process.pid)
  if (self === undefined) throw new Error('expected to live')
  await writeRecord(stateFolder, { ...self, address: '127.0.0.1:7233', uiUrl: 'http://127.0.0.1:8233' })

  const first = await holdUp(stateFolder)
  await expect(holdUp(stateFolder)).rejects.toMatchObject({
    code: 'AlreadyRunning',
    message: expect.stringMatching(
      new RegExp(`pid ${process.pid}, since 20\\S+, Web UI at http://127.0.0.1:8233\\).*\`kill ${process.pid}\``),
    ),
  })
  await first.release()
  await (await holdUp(stateFolder)).release()
  expect(await readdir(join(stateFolder, 'up'))).toEqual([])
})

test('one that was killed is no hindrance, at once', async () => {
  const stateFolder = await temporaryFolder()
  const holder = runProgram('hold-and-stay.ts', [stateFolder])
  try {
    expect(await nextLine(holder)).toBe('held')
    await expect(holdUp(stateFolder)).rejects.toThrow(`pid ${holder.pid}`)
  } finally {
    await kill(holder)
  }
  await (await holdUp(stateFolder)).release()
})

test('another process that got the id of a dead holder is not taken for it', async () => {
  const stateFolder = await temporaryFolder()
  await (await holdUp(stateFolder)).release()
  await writeFile(join(stateFolder, 'up', `${process.ppid}@0-0`), new Date().toISOString())
  await (await holdUp(stateFolder)).release()
})

test('of several that start at once exactly one goes on', async () => {
  const stateFolder = await temporaryFolder()
  const children = Array.from({ length: 4 }, () => runProgram('hold-and-stay.ts', [stateFolder]))
  try {
    const answers = await Promise.all(children.map(nextLine))
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1)
    expect(answers.filter((answer) => answer.includes('already up'))).toHaveLength(3)
  } finally {
    await Promise.all(children.map(kill))
  }
})

test('of many in one process exactly one goes on', async () => {
  const stateFolder = await temporaryFolder()
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => holdUp(stateFolder)))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})
