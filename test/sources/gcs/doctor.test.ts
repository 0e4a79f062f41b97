import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { env } from '../../../src/config/define.ts'
import { freePort } from '../../server/free-port.ts'
import { HttpFront } from '../../servers/http-front.ts'
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

test('doctor tells what afterLoad may not do, credentials that Google refuses, a wrong protocol and a wrong host', async () => {
  const place = await ground.place()
  await place.put('2018-01-22.csv', 'price\n1\n')
  const prefix = 'place 2+é'
  const well = `ok: gs://files/${prefix}: 1 files match {partition}.csv`
  await using front = await HttpFront.to(ground.server.port)
  const input = (options: Parameters<GcsGround['input']>[1] = {}) => ground.input(prefix, options)
  const sources = { well: input(), fronted: input({ endpoint: ground.server.endpoint(front.host) }) }
  const refuse = (code: number) => ({
    status: code,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code } }),
  })
  front.answer = ({ method }) => (method === 'GET' ? undefined : refuse(403))
  for (const [afterLoad, told] of [
    [
      'move',
      /^bad: .*move a loaded file of .*got the answer 403\. Allow these credentials to write objects \(Storage Object User on files\)/,
    ],
    [
      'delete',
      /^bad: .*delete a loaded file of .*got the answer 403\. Allow these credentials to delete objects \(Storage Object User on files\)/,
    ],
  ] as const)
    expect(await examined(sources, {}, afterLoad)).toEqual({ well, fronted: expect.stringMatching(told) })
  front.answer = () => refuse(401)
  const said = await examined({
    refused: sources.fronted,
    tls: input({ endpoint: ground.server.endpoint().replace('http:', 'https:') }),
    host: input({ endpoint: 'http://no-such-host.invalid' }),
  })
  expect(said).toEqual({
    refused: expect.stringMatching(/^bad: .*got the answer 401\. Google does not know these credentials/),
    tls: expect.stringMatching(/^bad: .*It does not speak TLS: write 'http:\/\/…'/),
    host: expect.stringMatching(/^bad: .*got (ENOTFOUND|EAI_AGAIN)\. See that the endpoint of `source` is right/),
  })
  front.answer = () => refuse(403)
  expect(await examined({ denied: sources.fronted })).toEqual({
    denied: expect.stringMatching(/^bad: .*list gs.*got the answer 403\. Allow these credentials to list and read objects/),
  })
})
