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
