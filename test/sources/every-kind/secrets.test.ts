import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connect } from '../../../src/client/connect.ts'
import { readSensor } from '../../../src/client/sensor-state.ts'
import { env } from '../../../src/config/define.ts'
import type { PipelineInput } from '../../../src/config/schema.ts'
import { duckdbWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { endOnServer } from '../../cli/clean-up.ts'
import { Project, uniqueName } from '../../cli/project.ts'
import { everythingOf } from '../../harness/known-to-server.ts'
import { prices } from '../../harness/prices.ts'
import { testServer } from '../../harness/server-address.ts'
import { until } from '../../harness/until.ts'
import { pipelineInput } from '../../harness/workspace.ts'
import { AzureGround } from '../azure/azure-ground.ts'
import type { Ground } from '../contract.ts'
import { FtpGround } from '../ftp/ftp-ground.ts'
import { GcsGround } from '../gcs/gcs-ground.ts'
import { S3Ground } from '../s3/s3-ground.ts'
import { OpensshGround, RcloneGround } from '../sftp/grounds.ts'

const grounds: Record<string, Ground> = {}
let s3: S3Ground
let azure: AzureGround
let gcs: GcsGround
let openssh: OpensshGround
beforeAll(async () => {
  const others = await Promise.all([RcloneGround.start(), FtpGround.start({ tls: true }), FtpGround.start({ old: true })])
  ;[s3, azure, gcs, openssh] = await Promise.all([
    S3Ground.start(),
    AzureGround.start(),
    GcsGround.start(),
    OpensshGround.start(),
  ])
  Object.assign(grounds, { s3, azure, gcs, openssh, rclone: others[0], ftps: others[1], ftp: others[2] })
})
afterAll(async () => {
  for (const ground of Object.values(grounds)) await ground[Symbol.asyncDispose]()
})

const secrets: string[] = []
/** A variable of the worker with a text that must stay there. */
function canary(text: string = randomBytes(20).toString('hex'), ...parts: readonly string[]) {
  const name = `CANARY_${randomBytes(6).toString('hex')}`
  process.env[name] = text
  secrets.push(...(parts.length > 0 ? parts : [text]))
  return env(name)
}

/** Credentials that no server knows, one of each sort. */
function strangers(): Record<string, PipelineInput['source']> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const google = { client_email: 'nobody@project.iam.gserviceaccount.com', private_key: pem }
  const signature = randomBytes(32).toString('base64')
  const sas = `sv=2024-11-04&sr=c&sp=rl&se=2020-01-01T00%3A00%3A00Z&sig=${encodeURIComponent(signature)}`
  return {
    session: s3.input('place 1+é', s3.server.admin, { sessionToken: canary() }),
    signature: azure.input('place 1+é', {
      accountKey: undefined,
      sasToken: canary(sas, signature, encodeURIComponent(signature)),
    }),
    account: gcs.input('place 1+é', { credentials: canary(JSON.stringify(google), ...bodyOf(pem)) }),
    noAccount: gcs.input('place 1+é', { credentials: canary(`{ "private_key": "${pem}"`, ...bodyOf(pem)) }),
    noKey: openssh.input('place 1+é', { privateKey: canary() }),
    locked: openssh.input('place 1+é', { passphrase: canary(), privateKey: canary(pem, ...bodyOf(pem)) }),
  }
}

test('no secret is written anywhere, in good runs and in failing ones: not to the server, the disk, a log or the terminal', async () => {
  const sources: Record<string, PipelineInput['source']> = {}
  const good: string[] = []
  for (const [kind, ground] of Object.entries(grounds)) {
    const place = await ground.place()
    await place.put('a.csv', prices(1))
    const name = uniqueName(kind)
    good.push(name)
    sources[name] = place.source
    for (const { of } of ground.strangers ?? []) sources[uniqueName(`${kind}_stranger`)] = of(place)
    secrets.push(...ground.secrets)
  }
  for (const [name, source] of Object.entries(strangers())) sources[uniqueName(name)] = source
  const names = Object.keys(sources)
  const bad = names.filter((name) => !good.includes(name))
  const pipelines = Object.entries(sources).map(([name, source]) => [
    name,
    pipelineInput({
      source: { ...source, settle: '200ms' },
      table: name,
      sensor: { every: '1s' },
      afterLoad: good.includes(name) ? 'move' : 'keep',
    }),
  ])
  const config = {
    warehouse: { kind: 'duckdb', file: '.tidemark/warehouse.duckdb' },
    temporal: { taskQueue: uniqueName('secrets') },
    pipelines: Object.fromEntries(pipelines),
  }
  const address = testServer()
  await using project = await Project.create(`export default ${JSON.stringify(config)}`, { address })
  const worker = project.start('worker')
  await worker.said('worker on')
  const printed = [await project.run('apply'), await project.run('doctor')]
  await using connected = await connect({ address })
  const { client } = connected
  const stateOf = async (name: string) => (await readSensor(client, name))?.state
  const are = (state: string, which: readonly string[]) =>
    until(`all to be ${state}: ${which.join(', ')}`, async () => {
      for (const name of which) if ((await stateOf(name)) !== state) return false
      return true
    })
  {
    await using warehouse = duckdbWarehouse({
      file: project.path('.tidemark/warehouse.duckdb'),
      patienceMs: 10_000,
      readOnly: true,
    })
    const isMoved = async (name: string) => (await warehouse.files(name)).some(({ after_load }) => after_load === 'done')
    for (const name of good) await until(`${name} to be loaded and moved`, () => isMoved(name))
  }
  await are('failing', bad)
  for (const ground of Object.values(grounds)) await ground.down?.()
  await are('failing', good)
  printed.push(
    ...(await project.runEach(
      ['doctor'],
      ['doctor', '--json'],
      ['status', '--json'],
      ...names.map((name) => ['sensor', 'status', name]),
      ...good.flatMap((name) => [
        ['files', name, '--json'],
        ['audit', name],
      ]),
    )),
  )
  worker.interrupt()
  printed.push(await worker.ended)

  const known = await Promise.all(names.map((name) => everythingOf(client, name)))
  const texts = { printed: JSON.stringify(printed), server: known.join('\n'), ...(await filesIn(project)) }
  expect(leaksIn(texts)).toEqual([])
  // That it was looked for where it could have been.
  for (const name of names) expect(texts.printed).toContain(name)
  expect(texts.server).toContain('a refused login')
  expect(leaksIn({ planted: secrets.map((secret) => Buffer.from(secret).toString('base64')).join(' ') })).not.toEqual([])
  await endOnServer(names)
})

function bodyOf(pem: string): string[] {
  return pem.split('\n').filter((line) => line.length > 40 && !line.startsWith('-'))
}

/** All of the project's folder, but for its config, which names variables only. */
async function filesIn(project: Project): Promise<Record<string, string>> {
  const entries = await readdir(project.folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(2)
  return Object.fromEntries(
    await Promise.all(files.map(async ({ parentPath, name }) => [name, await readFile(`${parentPath}/${name}`, 'latin1')])),
  )
}

/** Where a secret is, in any of the forms that a request or a log may give it. */
function leaksIn(texts: Readonly<Record<string, string>>): string[] {
  const forms = (secret: string) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    // Wherever it may begin among other bytes.
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)])
        .toString('base64')
        .slice(4, -4),
    ),
  ]
  return Object.entries(texts).flatMap(([where, text]) =>
    secrets.flatMap((secret, index) =>
      forms(secret).some((form) => text.includes(form)) ? [`secret ${index} in ${where}`] : [],
    ),
  )
}
