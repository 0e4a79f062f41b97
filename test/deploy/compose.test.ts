import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { type ComposeFile, composeParts, readCompose, repository, type Service } from './compose-file.ts'
import * as rules from './compose-rules.ts'

const raw = readCompose()
const file = composeParts(raw)

test('the file obeys the schema of the Compose specification', () => {
  const validate = compileSchema()
  validate(raw)
  expect(validate.errors ?? []).toEqual([])
})

test('the schema refuses what Compose does not know', () => {
  const validate = compileSchema()
  expect(validate({ services: { worker: { image: 'tidemark:1.0.0', healthchecks: {} } } })).toBe(false)
})

describe.each<[string, rules.Rule, (file: ComposeFile) => void]>([
  ['images are pinned', rules.imagesArePinned, (it) => set(it, 'temporal', { image: 'temporalio/server:latest' })],
  ['images have a tag', rules.imagesArePinned, (it) => set(it, 'temporal', { image: 'temporalio/server' })],
  ['images are pinned to the patch', rules.imagesArePinned, (it) => set(it, 'postgres', { image: 'postgres:16' })],
  ['no secret is written down', rules.secretsAreRequiredVariables, (it) => env(it, { POSTGRES_PASSWORD: 'temporal' })],
  ['no secret has a default', rules.secretsAreRequiredVariables, (it) => env(it, { POSTGRES_PASSWORD: `\${P:-temporal}` })],
  ['no secret may be empty', rules.secretsAreRequiredVariables, (it) => env(it, { POSTGRES_PASSWORD: `\${P}` })],
  ['no secret is in a URL', rules.secretsAreRequiredVariables, (it) => env(it, { STORE: 'postgres://me:hunter2@postgres/x' })],
  ['ports are on loopback', rules.portsAreOnLoopback, (it) => set(it, 'temporal-ui', { ports: ['8233:8080'] })],
  ['services have a health check', rules.servicesAreChecked, (it) => delete it.services.worker?.healthcheck],
  ['services restart and jobs do not', rules.servicesRestart, (it) => delete it.services.worker?.restart],
  ['jobs are waited for to their end', rules.conditionsFit, (it) => wait(it, 'temporal-schema', 'service_started')],
  ['services are waited for until healthy', rules.conditionsFit, (it) => wait(it, 'postgres', 'service_started')],
  ['who is waited for exists', rules.conditionsFit, (it) => wait(it, 'cassandra', 'service_healthy')],
  ['volumes are used', rules.volumesAreUsed, (it) => Object.assign(it.volumes, { spare: null })],
  ['volumes are declared', rules.volumesAreUsed, (it) => delete it.volumes.warehouse],
  ['what is mounted from the host is read only', rules.bindsAreReadOnly, (it) => mount(it, './deploy', false)],
  ['what is mounted from the host exists', rules.bindsExist, (it) => mount(it, './deploy/missing.sh', true)],
  ['privileges are dropped', rules.privilegesAreDropped, (it) => set(it, 'worker', { cap_drop: [] })],
])('%s', (_, rule, broken) => {
  test('in our file', () => {
    expect(rule(file)).toEqual([])
  })

  test('and a file that breaks it is told', () => {
    const other = structuredClone(file)
    broken(other)
    expect(rule(other)).not.toEqual([])
  })
})

test('the start order is store, schema, server, namespace, then ours', () => {
  const waits = Object.entries(file.services).map(([name, { depends_on }]) => [name, Object.keys(depends_on)])
  expect(Object.fromEntries(waits)).toEqual({
    postgres: [],
    'temporal-schema': ['postgres'],
    temporal: ['postgres', 'temporal-schema'],
    'temporal-namespace': ['temporal'],
    'temporal-ui': ['temporal'],
    worker: ['temporal-namespace'],
    apply: ['temporal-namespace'],
  })
})

test('the tools that make the schema are of the server that reads it', () => {
  const tag = (name: string) => file.services[name]?.image.split(':')[1]
  expect(tag('temporal-schema')).toBe(tag('temporal'))
  expect(tag('temporal-namespace')).toBe(tag('temporal'))
})

test('our image carries the version of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('package.json', repository), 'utf8'))
  const built = Object.values(file.services).filter(({ build }) => build !== undefined)
  expect(built.map(({ image }) => image)).toEqual([`tidemark:${version}`, `tidemark:${version}`])
})

test('the config that is mounted by default is in the repository', () => {
  const config = file.services.worker?.volumes.find(({ target }) => target === '/tidemark/tidemark.config.ts')
  const path = /^\$\{TIDEMARK_CONFIG:-(.+)\}$/.exec(config?.source ?? '')?.[1] ?? 'no default'
  expect(existsSync(new URL(path, repository))).toBe(true)
})

test('each job and server is given the one password', () => {
  const given = Object.values(file.services).flatMap(({ environment }) =>
    Object.values(environment).filter((value) => value.startsWith('$')),
  )
  expect(given).toHaveLength(3)
  expect(new Set(given).size).toBe(1)
})

/** dclint, a devDependency, carries the schema but does not export it. */
function compileSchema() {
  const packageFile = createRequire(import.meta.url).resolve('dclint/package.json')
  const schema = JSON.parse(readFileSync(join(dirname(packageFile), 'schemas/compose.schema.json'), 'utf8'))
  const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false })
  addFormats.default(ajv)
  ajv.addFormat('ports', true).addFormat('expose', true).addFormat('subnet_ip_address', true)
  const { $schema: _, ...rest } = schema
  return ajv.compile(rest)
}

function set(it: ComposeFile, name: string, change: Partial<Service>): void {
  Object.assign(it.services[name] ?? {}, change)
}

function env(it: ComposeFile, change: Record<string, string>): void {
  Object.assign(it.services.postgres?.environment ?? {}, change)
}

function wait(it: ComposeFile, name: string, condition: string): void {
  Object.assign(it.services.temporal?.depends_on ?? {}, { [name]: { condition } })
}

function mount(it: ComposeFile, source: string, read_only: boolean): void {
  it.services.worker?.volumes.push({ type: 'bind', source, target: '/x', read_only })
}
