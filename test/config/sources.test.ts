import { expect, test } from '@jest/globals'
import { azureBlob, duckdb, dynamic, env, ftp, gcs, localFolder, s3, sftp } from '../../src/config/define.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { Pipeline } from '../../src/config/pipeline.ts'
import type { PipelineInput } from '../../src/config/schema.ts'

const FILES = { files: '{partition}.csv' }

function parsed(source: unknown, sensor: PipelineInput['sensor'] = {}): Pipeline | undefined {
  const prices = { source, partitions: dynamic(), table: 'prices', columns: { price: 'DOUBLE' }, sensor }
  const exported = { warehouse: duckdb('warehouse.duckdb'), pipelines: { prices } }
  return parseConfig(exported, '/project/tidemark.config.ts').pipelines.get('prices')
}

function faultsOf(source: unknown, sensor?: PipelineInput['sensor']): string[] {
  try {
    parsed(source, sensor)
    return []
  } catch (error) {
    const [, ...faults] = String(error).split('\n')
    return faults.map((line) => line.trim().replace('pipelines.prices.', ''))
  }
}

const KEYS = { accessKeyId: env('KEY_ID'), secretAccessKey: env('KEY_SECRET') }

test('a bucket has the defaults of a store: nothing settles, and it is listed each minute, in whole each hour', () => {
  expect(parsed(s3('s3://bucket/some/prefix/', FILES))).toMatchObject({
    source: {
      kind: 's3',
      bucket: 'bucket',
      prefix: 'some/prefix/',
      endpoint: undefined,
      forcePathStyle: false,
      keyEnv: undefined,
      settleMs: 0,
    },
    sensor: { everyMs: 60_000, sweepEveryMs: 3_600_000 },
  })
  expect(parsed(s3('s3://bucket', { ...FILES, ...KEYS, endpoint: 'https://storage.example.com', settle: '5s' }))).toMatchObject({
    source: {
      prefix: '',
      endpoint: 'https://storage.example.com',
      forcePathStyle: true,
      keyEnv: { id: 'KEY_ID', secret: 'KEY_SECRET', session: undefined },
      settleMs: 5_000,
    },
  })
})

test('how often all of it is listed can be chosen where a listing can be resumed, and nowhere else', () => {
  expect(parsed(s3('s3://bucket', FILES), { every: '30s', sweepEvery: '6h' })).toMatchObject({
    sensor: { everyMs: 30_000, sweepEveryMs: 21_600_000 },
  })
  expect(faultsOf(localFolder('source', FILES), { sweepEvery: '6h' })).toEqual([
    'sensor.sweepEvery: this source is listed whole at each look, as often as sensor.every says; leave it out',
  ])
})

const BUCKET =
  "source.url: write the bucket and a prefix, such as 's3://bucket/prefix'; a bucket's name has 3 to 63 small letters, digits, points and hyphens"
const ENDPOINT = "source.endpoint: write an address such as 'https://storage.example.com'"
const metadata = (host: string) => `source.endpoint: ${host} is a link-local or metadata address, where no files are`

test.each<[what: string, url: string, options: Readonly<Record<string, unknown>>, faults: readonly string[]]>([
  ['an address that is no bucket', 'https://bucket.s3.amazonaws.com/prefix', {}, [BUCKET]],
  ['a bucket of a letter', 's3://b/prefix', {}, [BUCKET]],
  ['a bucket in capitals', 's3://Bucket/prefix', {}, [BUCKET]],
  ['keys in the address', 's3://AKIA123:secret@bucket/prefix', {}, [BUCKET]],
  ['an endpoint that is none', 's3://bucket', { endpoint: 'storage.example.com' }, [ENDPOINT]],
  ['a file as an endpoint', 's3://bucket', { endpoint: 'file:///etc' }, [ENDPOINT]],
  [
    'keys in the endpoint',
    's3://bucket',
    { endpoint: 'https://AKIA123:secret@storage.example.com' },
    ["source.endpoint: it holds a user or a password; leave them out, and name what holds them with env('NAME')"],
  ],
  ['the metadata of a machine', 's3://bucket', { endpoint: 'http://169.254.169.254/latest' }, [metadata('169.254.169.254')]],
  ['the same as a number', 's3://bucket', { endpoint: 'http://2852039166/' }, [metadata('169.254.169.254')]],
  ['the same in hexadecimal', 's3://bucket', { endpoint: 'http://0xa9fea9fe/' }, [metadata('169.254.169.254')]],
  ['the same in IPv6', 's3://bucket', { endpoint: 'http://[::ffff:169.254.169.254]/' }, [metadata('[::ffff:a9fe:a9fe]')]],
  [
    'that of another cloud',
    's3://bucket',
    { endpoint: 'http://metadata.google.internal' },
    [metadata('metadata.google.internal')],
  ],
  ['a link-local address', 's3://bucket', { endpoint: 'http://[fe80::1]' }, [metadata('[fe80::1]')]],
  ['IPv6 metadata', 's3://bucket', { endpoint: 'http://[fd00:ec2::254]' }, [metadata('[fd00:ec2::254]')]],
  [
    'a key without its secret',
    's3://bucket',
    { accessKeyId: env('KEY_ID') },
    ["source.secretAccessKey: write env('NAME') beside accessKeyId, or leave out both to use AWS's own chain of credentials"],
  ],
  [
    'keys beside a profile',
    's3://bucket',
    { ...KEYS, profile: 'loads' },
    ['source.profile: the access key is given; leave one of the two out'],
  ],
])('%s is refused', (_, url, options, faults) => {
  expect(faultsOf({ kind: 's3', url, ...FILES, ...options })).toEqual(faults)
})

test('a secret in the config is refused, and not repeated', () => {
  for (const field of ['accessKeyId', 'secretAccessKey', 'sessionToken']) {
    const faults = faultsOf({ kind: 's3', url: 's3://bucket', ...FILES, ...KEYS, [field]: 'literal-secret' })
    expect(faults).toEqual([expect.stringMatching(`^source\\.${field}: write env\\('NAME'\\)`)])
    expect(faults.join()).not.toContain('literal-secret')
  }
})

test('a container is read from its address; Azure has its account in its name', () => {
  expect(parsed(azureBlob('az://account/files/some/prefix/', FILES))).toMatchObject({
    source: {
      kind: 'azure',
      account: 'account',
      container: 'files',
      prefix: 'some/prefix/',
      endpoint: 'https://account.blob.core.windows.net',
      accountKeyEnv: undefined,
      settleMs: 0,
    },
    sensor: { everyMs: 60_000, sweepEveryMs: undefined },
  })
  const address =
    "source.url: write the account, the container and a prefix, such as 'az://account/container/prefix'; the account's name has 3 to 24 small letters and digits, the container's 3 to 63, and hyphens"
  for (const url of [
    'https://account.blob.core.windows.net/files',
    'az://account',
    'az://account/Files',
    'az://account:key@host/files',
  ])
    expect(faultsOf({ kind: 'azure', url, ...FILES })).toEqual([address])
  expect(faultsOf({ kind: 'azure', url: 'az://account/files', ...FILES, accountKey: 'literal-secret' })[0]).toMatch(
    /^source\.accountKey: write env\('NAME'\) .*hold$/,
  )
  expect(faultsOf({ kind: 'azure', url: 'az://account/files', ...FILES, accountKey: env('KEY'), sasToken: env('SAS') })).toEqual([
    'source.sasToken: the account key is given; leave one of the two out',
  ])
})

const HOST_KEY = `SHA256:${'a'.repeat(43)}`

test('a folder on an SFTP server settles for a minute, and its address is read as it is written', () => {
  expect(
    parsed(sftp('sftp://load%40er@files.example.com:2222/in%20coming/', { ...FILES, hostKey: HOST_KEY, password: env('PASS') })),
  ).toMatchObject({
    source: {
      kind: 'sftp',
      host: 'files.example.com',
      port: 2222,
      user: 'load@er',
      folder: '/in coming',
      passwordEnv: 'PASS',
      hostKeys: [HOST_KEY],
      settleMs: 60_000,
    },
    sensor: { everyMs: 60_000, sweepEveryMs: undefined },
  })
  const folder = (url: string) => parsed(sftp(url, FILES))?.source
  expect(folder('sftp://alias')).toMatchObject({ host: 'alias', port: undefined, user: undefined, folder: '/' })
  expect(folder('sftp://alias/~')).toMatchObject({ folder: '.' })
  expect(folder('sftp://alias/~/in')).toMatchObject({ folder: 'in' })
  expect(folder('sftp://[2001:db8::1]/in')).toMatchObject({ host: '2001:db8::1' })
})

const SFTP_URL = "source.url: write 'sftp://user@host/folder', or with a port 'sftp://user@host:2222/folder'"

test.each<[what: string, fields: Readonly<Record<string, unknown>>, fault: string]>([
  ['another protocol', { url: 'ssh://host/in' }, SFTP_URL],
  ['no host', { url: 'sftp:///in' }, SFTP_URL],
  [
    'a password in the address',
    { url: 'sftp://user:secret@host/in' },
    "source.url: it holds a password: leave that out, and write password: env('NAME')",
  ],
  [
    'a folder that climbs',
    { url: 'sftp://host/in/%2e%2e/out' },
    "source.url: its folder has a . or .. in it; write 'sftp://user@host/folder', or with a port 'sftp://user@host:2222/folder'",
  ],
  [
    'the metadata of a machine',
    { url: 'sftp://169.254.169.254/in' },
    'source.url: 169.254.169.254 is a link-local or metadata address, where no files are',
  ],
  [
    'the same as a number',
    { url: 'sftp://2852039166/in' },
    'source.url: 2852039166 is a link-local or metadata address, where no files are',
  ],
  [
    'a fingerprint that is none',
    { hostKey: 'MD5:aa:bb' },
    "source.hostKey: write the fingerprint as ssh-keygen -l prints it, such as 'SHA256:' and 43 letters and digits",
  ],
  [
    'two ways to know the host',
    { hostKey: HOST_KEY, knownHosts: 'known' },
    'source.knownHosts: the host key is given; leave one of the two out',
  ],
  ['two keys', { privateKey: env('KEY'), keyFile: 'id' }, 'source.keyFile: the private key is given; leave one of the two out'],
  ['a passphrase for nothing', { passphrase: env('PASS') }, 'source.passphrase: there is no privateKey or keyFile that it opens'],
])('%s is refused for SFTP', (_, fields, fault) => {
  expect(faultsOf({ kind: 'sftp', url: 'sftp://host/in', ...FILES, ...fields })).toEqual([fault])
})

test('a password or key in the config is refused, and not repeated', () => {
  for (const field of ['password', 'privateKey', 'passphrase']) {
    const faults = faultsOf({ kind: 'sftp', url: 'sftp://host/in', ...FILES, [field]: 'literal-secret' })
    expect(faults[0]).toMatch(`source.${field}: write env('NAME')`)
    expect(faults.join()).not.toContain('literal-secret')
  }
  expect(faultsOf({ kind: 'sftp', url: 'sftp://user:literal-secret@host/in', ...FILES }).join()).not.toContain('literal-secret')
})

test('tags are for what has them', () => {
  const exported = (source: unknown) => ({
    warehouse: duckdb('warehouse.duckdb'),
    pipelines: {
      prices: {
        source,
        partitions: dynamic(),
        table: 'prices',
        columns: { price: 'DOUBLE' },
        sensor: {},
        afterLoad: { tag: { loaded: 'yes' } },
      },
    },
  })
  expect(parseConfig(exported(s3('s3://bucket', FILES)), '/project/tidemark.config.ts').pipelines.get('prices')).toMatchObject({
    afterLoad: { kind: 'tag', tags: { loaded: 'yes' } },
  })
  expect(() => parseConfig(exported(sftp('sftp://host/in', FILES)), '/project/tidemark.config.ts')).toThrow(
    "pipelines.prices.afterLoad.tag: only object stores have tags; choose 'move' or 'delete'",
  )
})

test('an FTP server is asked for TLS, unless the config says that it may be done without', () => {
  const source = (url: string, options = {}) => parsed(ftp(url, { ...FILES, ...options }))?.source
  expect(source('ftp://load@files.example.com/in%20coming/')).toMatchObject({
    kind: 'ftp',
    host: 'files.example.com',
    port: 21,
    user: 'load',
    folder: '/in coming',
    tls: 'explicit',
    passwordEnv: undefined,
    settleMs: 60_000,
  })
  expect(source('ftps://files.example.com')).toMatchObject({ port: 990, user: 'anonymous', folder: '', tls: 'implicit' })
  expect(source('ftp://host:2121/in', { insecure: true })).toMatchObject({ port: 2121, tls: 'none' })
  expect(source('ftp://host/in', { ca: 'certs/ca.pem' })).toMatchObject({ ca: '/project/certs/ca.pem' })
})

const FTP_URL =
  "source.url: write 'ftp://user@host/folder' (TLS is asked for), or 'ftps://user@host/folder' (TLS from the first byte)"

test.each<[what: string, fields: Readonly<Record<string, unknown>>, fault: string]>([
  ['another protocol', { url: 'http://host/in' }, FTP_URL],
  [
    'a password in the address',
    { url: 'ftp://user:secret@host/in' },
    "source.url: it holds a password: leave that out, and write password: env('NAME')",
  ],
  ['a folder that climbs', { url: 'ftp://host/in/../out' }, FTP_URL.replace('write', 'its folder has a . or .. in it; write')],
  [
    'a command in the address',
    { url: 'ftp://host/in%0d%0aDELE x' },
    FTP_URL.replace('write', 'its folder has a line end in it; write'),
  ],
  [
    'the metadata of a machine',
    { url: 'ftp://169.254.169.254/in' },
    'source.url: 169.254.169.254 is a link-local or metadata address, where no files are',
  ],
  [
    'TLS and none',
    { url: 'ftps://host/in', insecure: true },
    'source.insecure: the address asks for TLS; leave one of the two out',
  ],
  [
    'a certificate for nothing',
    { insecure: true, ca: 'ca.pem' },
    'source.ca: without TLS no certificate is looked at; leave one of the two out',
  ],
  [
    'a half-hearted word',
    { insecure: false },
    'source.insecure: expected true, which sends password and files in the clear, or nothing, got false',
  ],
])('%s is refused for FTP', (_, fields, fault) => {
  expect(faultsOf({ kind: 'ftp', url: 'ftp://host/in', ...FILES, ...fields })).toEqual([fault])
})

test("a bucket of Google's is read from its address", () => {
  expect(parsed(gcs('gs://my_bucket.example.com/some/prefix/', FILES))).toMatchObject({
    source: { kind: 'gcs', bucket: 'my_bucket.example.com', prefix: 'some/prefix/', endpoint: undefined, settleMs: 0 },
    sensor: { everyMs: 60_000, sweepEveryMs: 3_600_000 },
  })
  expect(parsed(gcs('gs://bucket', { ...FILES, keyFile: 'keys/load.json' }))).toMatchObject({
    source: { keyFile: '/project/keys/load.json' },
  })
  const address =
    "source.url: write the bucket and a prefix, such as 'gs://bucket/prefix'; a bucket's name has 3 to 222 small letters, digits, points, hyphens and underscores"
  for (const url of ['https://storage.googleapis.com/bucket', 'gs://', 'gs://Bucket'])
    expect(faultsOf({ kind: 'gcs', url, ...FILES })).toEqual([address])
  expect(
    faultsOf({ kind: 'gcs', url: 'gs://bucket', ...FILES, credentials: '{"private_key":"literal-secret"}' }).join(),
  ).not.toContain('literal-secret')
  expect(faultsOf({ kind: 'gcs', url: 'gs://bucket', ...FILES, credentials: env('KEY'), keyFile: 'key.json' })).toEqual([
    'source.keyFile: the credentials are given; leave one of the two out',
  ])
})
