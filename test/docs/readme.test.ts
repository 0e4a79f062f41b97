import { execFile } from 'node:child_process'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { loadConfig } from '../../src/config/load.ts'
import { packageRoot } from '../../src/package-root.ts'

const root = packageRoot()
const readme = await readFile(join(root, 'README.md'), 'utf8')

test('the config is the one that `npm start` runs', async () => {
  const [, text = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
  expect(text).toBe(await readFile(join(root, 'tidemark.config.ts'), 'utf8'))
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-readme-'))
  try {
    await writeFile(join(folder, 'tidemark.config.ts'), text)
    const config = await loadConfig(join(folder, 'tidemark.config.ts'))
    expect([...config.pipelines.keys()]).toEqual(['daily_prices', 'dropped_prices'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the commands and flags are those that there are', async () => {
  const main = join(root, 'dist', 'src', 'cli', 'main.js')
  const helpOf = async (...args: string[]) => (await promisify(execFile)(process.execPath, [main, ...args, '--help'])).stdout
  const rows = [...readme.matchAll(/^\| `([a-z]+)([^`]*)` +\|/gm)].map(([, name = '', rest = '']) => ({ name, rest }))
  const commands = rows.slice(rows.findIndex(({ name }) => name === 'init'))
  const listed = [...(await helpOf()).matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name)
  expect(commands.map(({ name }) => name).sort()).toEqual(listed.filter((name) => !['help', 'npx'].includes(name)).sort())
  for (const { name, rest } of commands) {
    const flags = [...rest.matchAll(/--[a-z-]+/g)].map(([flag]) => flag)
    const help = flags.length > 0 ? await helpOf(name) : ''
    for (const flag of flags) expect(help).toContain(flag)
  }
})

test('what it points to is there', async () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = '']) => target)
  expect(links.length).toBeGreaterThan(5)
  for (const link of links) await access(join(root, link))
})

test('a newcomer reads it in two minutes', () => {
  expect(readme.split('\n').length).toBeLessThan(200)
})
