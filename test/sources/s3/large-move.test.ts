import { createHash, randomBytes } from 'node:crypto'
import { CreateMultipartUploadCommand, HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parseConfig } from '../../../src/config/parse.ts'
import { CallCount } from '../../../src/sources/call-count.ts'
import { openBucket } from '../../../src/sources/s3/bucket.ts'
import { objectsOf } from '../../../src/sources/s3/objects.ts'
import { statObject } from '../../../src/sources/s3/read-object.ts'
import { takeByCopy } from '../../../src/sources/take-by-copy.ts'
import { pipelineInput } from '../../harness/workspace.ts'
import { S3Ground } from './s3-ground.ts'

const MEGABYTE = 2 ** 20
/** As of 5 GB, and in parts of the least size that there may be. */
const PARTS = { largest: 6 * MEGABYTE, part: 5 * MEGABYTE }

let ground: S3Ground
beforeAll(async () => {
  ground = await S3Ground.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

function bucketOf(prefix: string) {
  const config = {
    warehouse: { kind: 'duckdb', file: 'none' },
    pipelines: { prices: pipelineInput({ source: ground.input(prefix) }) },
  }
  const source = parseConfig(config, '/nowhere/tidemark.config.ts').pipelines.get('prices')?.source
  if (source?.kind !== 's3') throw new Error('expected a bucket')
  return openBucket(source, new CallCount())
}

test('an object above what one request may copy is moved in parts, whole and marked, and again says the same', async () => {
  const place = await ground.place()
  const bucket = bucketOf('place 1+é')
  const bytes = randomBytes(12 * MEGABYTE + 1)
  await place.put('big.csv', bytes)
  const listed = await statObject(bucket, 'big.csv')
  if (listed === undefined) throw new Error('expected the object')
  const version = { path: 'big.csv', fingerprint: listed.fingerprint, sequence: 1 }
  const objects = objectsOf(bucket, PARTS)
  const moved = { state: 'taken', movedTo: '_loaded/big.csv' }
  expect(await takeByCopy(objects, version, '_loaded')).toEqual(moved)
  expect(await takeByCopy(objects, version, '_loaded')).toEqual(moved)
  const copy = await statObject(bucket, '_loaded/big.csv')
  if (copy === undefined) throw new Error('expected the copy')
  const hash = createHash('sha256')
  for await (const chunk of await objects.open(copy)) hash.update(chunk)
  expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
  expect(await statObject(bucket, 'big.csv')).toBeUndefined()
  const key = { Bucket: 'files', Key: 'place 1+é/_loaded/big.csv' }
  expect((await ground.client.send(new HeadObjectCommand(key))).ETag).toMatch(/-3"$/)
})

test('a newer version is not moved in parts, and no part stays', async () => {
  const place = await ground.place()
  const bucket = bucketOf('place 2+é')
  await place.put('big.csv', randomBytes(12 * MEGABYTE))
  const objects = objectsOf(bucket, PARTS)
  const found = await objects.head('big.csv')
  if (found === undefined) throw new Error('expected the object')
  await place.put('big.csv', randomBytes(12 * MEGABYTE))
  expect(await objects.copy('big.csv', found, '_loaded/big.csv', 'mark')).toBe('changed')
  expect(await statObject(bucket, '_loaded/big.csv')).toBeUndefined()
  const uploads = async () => (await ground.client.send(new ListMultipartUploadsCommand({ Bucket: 'files' }))).Uploads ?? []
  expect(await uploads()).toEqual([])
  await ground.client.send(new CreateMultipartUploadCommand({ Bucket: 'files', Key: 'shows' }))
  expect(await uploads()).toHaveLength(1)
})
