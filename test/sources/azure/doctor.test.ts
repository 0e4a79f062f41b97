import { randomBytes } from 'node:crypto'
import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { env } from '../../../src/config/define.ts'
import { freePort } from '../../server/free-port.ts'
import { examined } from '../doctor.ts'
import { AzureGround } from './azure-ground.ts'

let ground: AzureGround
beforeAll(async () => {
  ground = await AzureGround.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

function signature(permissions: string): string {
  const credential = new StorageSharedKeyCredential(ground.server.account, ground.server.key)
  const options = {
    containerName: 'files',
    permissions: ContainerSASPermissions.parse(permissions),
    protocol: SASProtocol.HttpsAndHttp,
  }
  return generateBlobSASQueryParameters({ ...options, expiresOn: new Date(Date.now() + 3_600_000) }, credential).toString()
}

test('doctor tells each mistake with a container and what to do about it, and no secret', async () => {
  const place = await ground.place()
  await place.put('2018-01-22.csv', 'price\n1\n')
  const prefix = 'place 1+é'
  const wrong = randomBytes(64).toString('base64')
  Object.assign(process.env, { DOCTOR_SAS: signature('rl'), DOCTOR_LIST: signature('l') })
  const bySignature = (name: string) => ground.input(prefix, { accountKey: undefined, sasToken: env(name) })
  const said = await examined(
    {
      well: ground.input(prefix),
      signature: bySignature('DOCTOR_SAS'),
      listing: bySignature('DOCTOR_LIST'),
      container: ground.input(prefix, { container: 'no-such-container' }),
      key: ground.input(prefix, { key: wrong }),
      unset: ground.input(prefix, { accountKey: env('DOCTOR_UNSET') }),
      identity: ground.input(prefix, { accountKey: undefined, endpoint: 'https://127.0.0.1:1' }),
      port: ground.input(prefix, { endpoint: `http://127.0.0.1:${await freePort()}/testaccount` }),
    },
    { PATH: '/nowhere', AZURE_TENANT_ID: undefined, IDENTITY_ENDPOINT: undefined },
  )
  const well = `ok: az://testaccount/files/${prefix}: 1 files match {partition}.csv`
  expect(said).toEqual({
    well,
    signature: well,
    listing: expect.stringMatching(/^bad: .*read 2018-01-22\.csv .*\(403\)\. Allow these credentials to read blobs/),
    container: expect.stringMatching(
      /^bad: .*got ContainerNotFound \(404\)\. Create the container, or correct the url of `source`/,
    ),
    key: expect.stringMatching(/^bad: .*got (AuthenticationFailed|AuthorizationFailure) \(403\)\. .*these credentials/),
    unset: expect.stringMatching(/^bad: Expected the account's key in the environment variable DOCTOR_UNSET, got nothing/),
    identity: expect.stringMatching(/^bad: .*got no identity\. Give the worker an identity: Azure's environment variables/),
    port: expect.stringMatching(/^bad: .*got ECONNREFUSED\. See that the account or endpoint of `source` is right/),
  })
  for (const secret of [...ground.secrets, wrong, process.env.DOCTOR_SAS ?? '', process.env.DOCTOR_LIST ?? ''])
    expect(JSON.stringify(said)).not.toContain(secret)
})

test('doctor tells what afterLoad may not do, a right to list that is missing, and a wrong protocol', async () => {
  const place = await ground.place()
  await place.put('2018-01-22.csv', 'price\n1\n')
  const prefix = 'place 2+é'
  Object.assign(process.env, { DOCTOR_READER: signature('rl'), DOCTOR_WRITER: signature('rwdlt'), DOCTOR_BLIND: signature('r') })
  const bySignature = (name: string) => ground.input(prefix, { accountKey: undefined, sasToken: env(name) })
  const sources = { writer: bySignature('DOCTOR_WRITER'), reader: bySignature('DOCTOR_READER') }
  const well = `ok: az://testaccount/files/${prefix}: 1 files match {partition}.csv`
  for (const [afterLoad, told] of [
    ['move', /^bad: .*move a loaded file of .*\(403\)\. Allow these credentials to write blobs/],
    ['delete', /^bad: .*delete a loaded file of .*\(403\)\. Allow these credentials to delete blobs/],
    [{ tag: { loaded: 'yes' } }, /^bad: .*tag a loaded file of .*\(403\)\. Allow these credentials to read tags/],
  ] as const)
    expect(await examined(sources, {}, afterLoad)).toEqual({ writer: well, reader: expect.stringMatching(told) })
  expect(await place.get('2018-01-22.csv')).toBe('price\n1\n')
  const said = await examined({
    blind: bySignature('DOCTOR_BLIND'),
    tls: ground.input(prefix, { endpoint: ground.server.endpoint().replace('http:', 'https:') }),
    host: ground.input(prefix, { endpoint: 'http://no-such-host.invalid/testaccount' }),
  })
  expect(said).toEqual({
    blind: expect.stringMatching(/^bad: .*list az.*\(403\)\. Allow these credentials to list and read blobs/),
    tls: expect.stringMatching(/^bad: .*It does not speak TLS: write 'http:\/\/…'/),
    host: expect.stringMatching(/^bad: .*got (ENOTFOUND|EAI_AGAIN)\. See that the account or endpoint of `source` is right/),
  })
})
