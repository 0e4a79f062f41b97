import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { env } from '../../../src/config/define.ts'
import { freePort } from '../../server/free-port.ts'
import { examined } from '../doctor.ts'
import { GcsGround } from './gcs-ground.ts'

let ground: GcsGround
beforeAll(async () => {
  ground = await GcsGround.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

test('doctor tells each mistake with a bucket and what to do about it, and no secret', async () => {
  const place = await ground.place()
  await place.put('2018-01-22.csv', 'price\n1\n')
  const prefix = 'place 1+é'
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const elsewhere = `http://127.0.0.1:${await freePort()}/token`
  const said = await examined(
    {
      well: ground.input(prefix),
      bucket: ground.input(prefix, { bucket: 'no-such-bucket' }),
      unset: ground.input(prefix, { credentials: env('DOCTOR_UNSET') }),
      garbled: ground.input(prefix, { credentials: env('DOCTOR_GARBLED') }),
      noFile: ground.input(prefix, { keyFile: '/no/such/key.json' }),
      port: ground.input(prefix, { endpoint: `http://127.0.0.1:${await freePort()}` }),
    },
    { DOCTOR_GARBLED: JSON.stringify({ private_key: secret, token_uri: elsewhere }) },
  )
  expect(said).toEqual({
    well: `ok: gs://files/${prefix}: 1 files match {partition}.csv`,
    bucket: expect.stringMatching(/^bad: .*got the answer 404\. Create the bucket, or correct the url of `source`/),
    unset: expect.stringMatching(/^bad: Expected a service account's key in the environment variable DOCTOR_UNSET, got nothing/),
    garbled: expect.stringMatching(
      /^bad: Expected a service account's key, as its JSON file has it, .*DOCTOR_GARBLED, got another text/,
    ),
    noFile: expect.stringMatching(/^bad: .*got no credentials\. Give the worker credentials: GOOGLE_APPLICATION_CREDENTIALS/),
    port: expect.stringMatching(/^bad: .*got ECONNREFUSED\. See that the endpoint of `source` is right/),
  })
  expect(JSON.stringify(said)).not.toContain(secret.split('\n')[1])
})
