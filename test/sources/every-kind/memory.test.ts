import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { DIST } from '../../cli/project.ts'
import type { Ground } from '../contract.ts'
import { withFolder } from '../folder.ts'
import { S3Ground } from '../s3/s3-ground.ts'
import { OpensshGround } from '../sftp/grounds.ts'

const PROGRAM = fileURLToPath(new URL('receives-one.mjs', import.meta.url))
const MEGABYTE = 2 ** 20
const LARGE = 300 * MEGABYTE
/** Chunks on their way, and garbage that nobody has collected yet; all of the file would be three times as much. */
const MOST_GROWN = 100 * MEGABYTE

const LINE = `${'x'.repeat(127)}\n`
const large = Buffer.from(`a\n${LINE.repeat(LARGE / LINE.length)}`)

test.each<[kind: string, start: () => Promise<Ground>]>([
  ['S3', () => S3Ground.start()],
  ['SFTP', () => OpensshGround.start()],
])('%s: a file of 300 MB goes to disk in bounded memory, also where the disk is slower than the source', async (_, start) => {
  await using ground = await start()
  const place = await ground.place()
  await place.put('small.csv', 'a\nx\n')
  await place.put('large.csv', large)
  await withFolder(async (folder) => {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, DIST, JSON.stringify(place.source), folder], {
      env: process.env,
    })
    const { kind, bytes, grownBytes } = JSON.parse(stdout)
    expect({ kind, bytes }).toEqual({ kind: 'records', bytes: large.length })
    expect(grownBytes).toBeLessThan(MOST_GROWN)
  })
})
