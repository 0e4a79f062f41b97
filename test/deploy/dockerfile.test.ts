import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { composeParts, readCompose, repository } from './compose-file.ts'

type Instruction = { name: string; words: string[] }

const dockerfile = readText('Dockerfile')
const allowed = readText('.dockerignore')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1))

describe.each<[string, (text: string) => string[], (text: string) => string]>([
  ['it does not run as root', runsAsRoot, (text) => text.replace(/^USER .*$/m, 'USER root')],
  ['it says who runs it', runsAsRoot, (text) => text.replace(/^USER .*$/m, '')],
  ['its base is pinned', unpinnedBases, (text) => text.replace(/node:\S+/, 'node:22-bookworm-slim')],
  ['its base has glibc', basesWithoutGlibc, (text) => text.replace(/node:\S+/, 'node:22.23.2-alpine')],
  ['what it copies is in the repository', missingSources, (text) => text.replace('COPY src ', 'COPY source ')],
  ['what it copies is let through', ignoredSources, (text) => text.replace('COPY src ', 'COPY data ')],
  ['it copies nothing by the lot', missingSources, (text) => text.replace('COPY src ./src', 'COPY . .')],
  ['no install script runs', installScripts, (text) => text.replace('npm ci --ignore-scripts', 'npm ci')],
  ['development packages are left out', keepsDevelopment, (text) => text.replace('npm prune --omit=dev', 'true')],
  ['no secret is an argument', buildSecrets, (text) => `${text}\nARG NPM_TOKEN`],
])('%s', (_, faults, broken) => {
  test('in our file', () => {
    expect(faults(dockerfile)).toEqual([])
  })

  test('and a file that breaks it is told', () => {
    expect(broken(dockerfile)).not.toBe(dockerfile)
    expect(faults(broken(dockerfile))).not.toEqual([])
  })
})

test('it starts the program that the package names', () => {
  const { bin } = JSON.parse(readText('package.json'))
  expect(last('ENTRYPOINT')).toEqual(['node', `/app/${bin.tidemark}`])
})

test('both stages have the same base', () => {
  expect(new Set(bases(dockerfile)).size).toBe(1)
})

test('the warehouse has a folder that the user of the image owns', () => {
  const { services } = composeParts(readCompose())
  const warehouse = services.worker?.volumes.find(({ source }) => source === 'warehouse')
  expect(dockerfile).toContain(`mkdir -p ${warehouse?.target} && chown -R node:node /tidemark`)
  expect(last('WORKDIR')).toEqual(['/tidemark'])
})

test('the health check of the compose file is in the image', () => {
  const { services } = composeParts(readCompose())
  expect(services.worker?.healthcheck?.test).toContain('/app/deploy/worker-health.mjs')
  expect(sources(dockerfile)).toContain('deploy/worker-health.mjs')
})

test('everything is ignored but what is named', () => {
  const lines = readText('.dockerignore').split('\n')
  expect(lines.filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('!'))).toEqual(['*'])
  expect(allowed.filter((path) => !sources(dockerfile).includes(path))).toEqual([])
})

function runsAsRoot(text: string): string[] {
  const user = finalStage(text).findLast(({ name }) => name === 'USER')?.words[0] ?? 'root'
  return user === 'root' || user === '0' ? [user] : []
}

function unpinnedBases(text: string): string[] {
  return bases(text).filter((base) => !/^node:\d+\.\d+\.\d+-\w+/.test(base))
}

function basesWithoutGlibc(text: string): string[] {
  return bases(text).filter((base) => base.includes('alpine'))
}

function missingSources(text: string): string[] {
  return sources(text).filter((source) => source === '.' || !existsSync(new URL(source, repository)))
}

function ignoredSources(text: string): string[] {
  return sources(text).filter((source) => !allowed.includes(source))
}

function installScripts(text: string): string[] {
  return runs(text).filter((command) => /npm (ci|install|prune)/.test(command) && !command.includes('--ignore-scripts'))
}

function keepsDevelopment(text: string): string[] {
  const drops = runs(text).some((command) => command.startsWith('npm prune --omit=dev'))
  const installs = finalStage(text).filter(({ name, words }) => name === 'RUN' && words.includes('npm'))
  return drops && installs.length === 0 ? [] : ['development packages stay']
}

function buildSecrets(text: string): string[] {
  return instructions(text)
    .filter(({ name }) => name === 'ARG' || name === 'ENV')
    .map(({ words }) => words.join(' '))
    .filter((words) => /PASSWORD|SECRET|TOKEN|KEY/i.test(words))
}

function bases(text: string): string[] {
  return instructions(text).flatMap(({ name, words }) => (name === 'FROM' ? words.slice(0, 1) : []))
}

/** What COPY takes from the repository: all its words but the last, and not what another stage made. */
function sources(text: string): string[] {
  return instructions(text)
    .filter(({ name, words }) => name === 'COPY' && !words[0]?.startsWith('--from='))
    .flatMap(({ words }) => words.slice(0, -1))
}

function runs(text: string): string[] {
  return instructions(text)
    .filter(({ name }) => name === 'RUN')
    .flatMap(({ words }) => words.join(' ').split(' && '))
}

function finalStage(text: string): Instruction[] {
  const all = instructions(text)
  return all.slice(all.findLastIndex(({ name }) => name === 'FROM'))
}

function last(wanted: string): string[] {
  const words =
    instructions(dockerfile)
      .findLast(({ name }) => name === wanted)
      ?.words.join(' ') ?? ''
  return words.startsWith('[') ? JSON.parse(words) : words.split(' ')
}

/** One a line: this file has no continued lines. */
function instructions(text: string): Instruction[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' '))
    .map(([name = '', ...words]) => ({ name, words }))
}

function readText(path: string): string {
  return readFileSync(new URL(path, repository), 'utf8')
}
