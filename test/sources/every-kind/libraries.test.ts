import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { DIST } from '../../cli/project.ts'
import { AzureGround } from '../azure/azure-ground.ts'
import type { Ground } from '../contract.ts'
import { FtpGround } from '../ftp/ftp-ground.ts'
import { GcsGround } from '../gcs/gcs-ground.ts'
import { S3Ground } from '../s3/s3-ground.ts'
import { OpensshGround } from '../sftp/grounds.ts'

const PROGRAM = fileURLToPath(new URL('lists-one.mjs', import.meta.url))
const LIBRARIES = ['@aws-sdk/client-s3', '@azure/storage-blob', '@azure/identity', '@google-cloud/storage', 'ssh2', 'basic-ftp']

test.each<[library: string, start: () => Promise<Ground>]>([
  ['@aws-sdk/client-s3', () => S3Ground.start()],
  ['@azure/storage-blob', () => AzureGround.start()],
  ['@google-cloud/storage', () => GcsGround.start()],
  ['ssh2', () => OpensshGround.start()],
  ['basic-ftp', () => FtpGround.start()],
])(
  '%s is loaded when a source of its kind is used, and no other library is; no native addon is needed',
  async (library, start) => {
    await using ground = await start()
    const place = await ground.place()
    await place.put('a.csv', 'x')
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, DIST, JSON.stringify(place.source)], {
      env: process.env,
    })
    const { before, loaded, paths } = JSON.parse(stdout)
    expect(paths).toEqual(['a.csv'])
    expect(before).not.toEqual([])
    expect(LIBRARIES.filter((name) => before.includes(name))).toEqual([])
    expect(LIBRARIES.filter((name) => loaded.includes(name))).toEqual([library])
  },
)
