import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { env } from '../../../src/config/define.ts'
import { Project } from '../../cli/project.ts'
import { freePort } from '../../server/free-port.ts'
import { examined } from '../doctor.ts'
import { S3Ground } from './s3-ground.ts'

let ground: S3Ground
beforeAll(async () => {
  ground = await S3Ground.start()
})
afterAll(() => ground[Symbol.asyncDispose]())

test('doctor tells each mistake with a bucket and what to do about it, and no secret', async () => {
  const place = await ground.place()
  await place.put('2018-01-22.csv', 'price\n1\n')
  const { admin, lister, reader } = ground.server
  const prefix = 'place 1+é'
  const said = await examined({
    well: ground.input(prefix),
    readable: ground.input(prefix, reader),
    bucket: ground.input(prefix, admin, { bucket: 'no-such-bucket' }),
    secret: ground.input(prefix, { ...admin, secretAccessKey: 'not-the-secret' }),
    id: ground.input(prefix, { ...admin, accessKeyId: 'AKNOBODY' }),
    unset: ground.input(prefix, admin, { secretAccessKey: env('DOCTOR_UNSET') }),
    denied: ground.input(prefix, lister),
    port: ground.input(prefix, admin, { endpoint: `http://127.0.0.1:${await freePort()}` }),
    host: ground.input(prefix, admin, { endpoint: 'http://no-such-host.invalid' }),
  })
  expect(said).toEqual({
    well: 'ok: s3://files/place 1+é: 1 files match {partition}.csv',
    readable: 'ok: s3://files/place 1+é: 1 files match {partition}.csv',
    bucket: expect.stringMatching(/^bad: .*got NoSuchBucket \(404\)\. Create the bucket, or correct the url of `source`/),
    secret: expect.stringMatching(/^bad: .*got SignatureDoesNotMatch \(403\)\. .*correct the access key and its secret/),
    id: expect.stringMatching(/^bad: .*got InvalidAccessKeyId \(403\)\. .*correct the access key and its secret/),
    unset: expect.stringMatching(/^bad: Expected the secret access key in the environment variable DOCTOR_UNSET, got nothing/),
    denied: expect.stringMatching(
      /^bad: .*read 2018-01-22\.csv .*got AccessDenied \(403\)\. Allow these credentials to read objects/,
    ),
    port: expect.stringMatching(/^bad: .*got ECONNREFUSED\. See that the endpoint of `source` is right, and can be reached/),
    host: expect.stringMatching(/^bad: .*got (ENOTFOUND|EAI_AGAIN)\. See that the endpoint of `source` is right/),
  })
  for (const secret of [...ground.secrets, 'not-the-secret']) expect(JSON.stringify(said)).not.toContain(secret)
})

test("without keys in the config, AWS's own chain finds them: the environment, or a profile", async () => {
  const place = await ground.place()
  await place.put('a.csv', 'price\n1\n')
  const { admin } = ground.server
  const keyless = { accessKeyId: undefined, secretAccessKey: undefined }
  const source = (options: { readonly profile?: string } = {}) => ground.input('place 2+é', admin, { ...keyless, ...options })
  await using project = await Project.create('')
  const keys = [`aws_access_key_id = ${admin.accessKeyId}`, `aws_secret_access_key = ${admin.secretAccessKey}`]
  await project.write('credentials', ['[loads]', ...keys].join('\n'))
  const nobody = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: 'none',
    AWS_SHARED_CREDENTIALS_FILE: project.path('credentials'),
  }
  const well = 'ok: s3://files/place 2+é: 1 files match {partition}.csv'
  expect(await examined({ profile: source({ profile: 'loads' }), none: source() }, nobody)).toEqual({
    profile: well,
    none: expect.stringMatching(/^bad: .*Give the worker credentials: AWS's environment variables, a profile or a role/),
  })
  const variables = { AWS_ACCESS_KEY_ID: admin.accessKeyId, AWS_SECRET_ACCESS_KEY: admin.secretAccessKey }
  expect(await examined({ environment: source() }, { ...nobody, ...variables })).toEqual({ environment: well })
})

test('doctor tells what afterLoad may not do, and leaves nothing behind', async () => {
  const place = await ground.place()
  await place.put('2018-01-22.csv', 'price\n1\n')
  const { admin, reader } = ground.server
  const prefix = 'place 3+é'
  const sources = { admin: ground.input(prefix, admin), reader: ground.input(prefix, reader) }
  const well = `ok: s3://files/${prefix}: 1 files match {partition}.csv`
  for (const [afterLoad, told] of [
    [
      'move',
      /^bad: .*move a loaded file of .*got AccessDenied \(403\)\. Allow these credentials to write objects \(s3:PutObject/,
    ],
    [
      'delete',
      /^bad: .*delete a loaded file of .*got AccessDenied \(403\)\. Allow these credentials to delete objects \(s3:DeleteObject/,
    ],
    [
      { tag: { loaded: 'yes' } },
      /^bad: .*tag a loaded file of .*got AccessDenied \(403\)\. Allow these credentials to .* tags \(s3:/,
    ],
  ] as const)
    expect(await examined(sources, {}, afterLoad)).toEqual({ admin: well, reader: expect.stringMatching(told) })
  const { KeyCount } = await ground.client.send(new ListObjectsV2Command({ Bucket: 'files', Prefix: prefix }))
  expect(KeyCount).toBe(1)
})

test('doctor tells a wrong protocol, and a right to list that is missing', async () => {
  const place = await ground.place()
  await place.put('2018-01-22.csv', 'price\n1\n')
  const { admin, getter, endpoint } = ground.server
  const prefix = 'place 4+é'
  const said = await examined({
    blind: ground.input(prefix, getter),
    tls: ground.input(prefix, admin, { endpoint: endpoint.replace('http:', 'https:') }),
  })
  expect(said).toEqual({
    blind: expect.stringMatching(
      /^bad: .*list s3.*got AccessDenied \(403\)\. Allow these credentials to list the bucket \(s3:ListBucket/,
    ),
    tls: expect.stringMatching(/^bad: .*It does not speak TLS: write 'http:\/\/…'/),
  })
})
