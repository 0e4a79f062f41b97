import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { configText, type Ended, Project, pipelineText } from './project.ts'

/** A usage mistake is told in words: no stack trace, no name of an internal class. */
function expectWords({ stdout, stderr }: Ended): void {
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at |node:internal|\.js:\d+|TidemarkError|\[object /m)
}

let project: Project

beforeAll(async () => {
  project = await Project.create(configText({ prices: pipelineText('prices') }))
  await project.write('prices/day.csv', 'no data')
})
afterAll(() => project[Symbol.asyncDispose]())

test('every command has a help that says what it does and takes', async () => {
  const commands = [
    'init',
    'up',
    'worker',
    'apply',
    'status',
    'files',
    'explain',
    'audit',
    'retry',
    'release',
    'remove',
    'backfill',
    'import',
    'query',
    'doctor',
  ]
  const sensors = ['pause', 'resume', 'poll', 'status']
  const helps = await project.runEach(
    ['--help'],
    ...commands.map((command) => [command, '--help']),
    ...sensors.map((action) => ['sensor', action, '--help']),
  )
  const [general, ...each] = helps
  for (const command of [...commands, 'sensor']) expect(general?.stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
  expect(general?.stdout).toContain('Exit code: 0 done, 1 something is held, failed or missing, 2 wrong use')
  for (const { code, stdout, stderr } of each) {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: tidemark .*\n\n[a-z].{20,}/)
    expect(stdout).toContain('--config <file>')
  }
})

test('wrong use ends with 2, and one line says what to mend', async () => {
  const mistakes: [args: string[], expected: string | RegExp][] = [
    [['lod'], "unknown command 'lod'"],
    [['files'], "missing required argument 'pipeline'"],
    [['files', 'prices', '--jsn'], "unknown option '--jsn'"],
    [['files', 'prcies'], /no pipeline 'prcies' in .*tidemark\.config\.ts; it has prices/],
    [['audit', 'prcies'], /no pipeline 'prcies'/],
    [['release', 'day.csv'], "required option '--reason <text>' not specified"],
    [['remove', 'day.csv', '--pipeline', 'prcies'], /no pipeline 'prcies'/],
    [['import', 'prcies', 'day'], /no pipeline 'prcies'/],
    [['import', 'prices', ''], 'prices has no such partition: empty key'],
    [['sensor', 'pause', 'prcies'], /no pipeline 'prcies'/],
    [['sensor', 'stop', 'prices'], "unknown command 'stop'"],
    [['status', 'prcies'], /no pipeline 'prcies'/],
    [['up', '--port', 'high'], "'high' is no port; expected a number from 1 to 65535"],
    [['up', '--port', '65536'], "'65536' is no port"],
    [['files', 'prices', '--config', 'other.ts'], /no config at .*other\.ts; name one with --config FILE/],
  ]
  const ends = await project.runEach(...mistakes.map(([args]) => args))
  for (const [index, [args, expected]] of mistakes.entries()) {
    const end = ends[index]
    expect({ args, code: end?.code, stdout: end?.stdout }).toEqual({ args, code: 2, stdout: '' })
    expect(end?.stderr).toMatch(expected)
    if (end !== undefined) expectWords(end)
  }
})

test('no command at all shows the help, as wrong use', async () => {
  const end = await project.run()
  expect(end.code).toBe(2)
  expect(end.stderr).toContain('Usage: tidemark')
  expectWords(end)
})

test('a config that cannot be run, or that is none, is named, without a stack trace', async () => {
  const broken: [text: string, expected: string][] = [
    ["throw new Error('no such setting: PRICES')\nexport default {}", 'no such setting: PRICES'],
    ["throw 'a text'\nexport default {}", 'a text'],
    ['export default {\n  pipelines: {,\n', 'could not be run'],
    ['export const config = {}', 'is not a valid config'],
    ["import x from './settings.ts'\nexport default x", 'settings.ts'],
  ]
  for (const [index, [text]] of broken.entries()) await project.write(`broken-${index}.ts`, text)
  const ends = await project.runEach(...broken.map((_, index) => ['files', 'prices', '--config', `broken-${index}.ts`]))
  for (const [index, [, expected]] of broken.entries()) {
    const end = ends[index]
    expect(end).toMatchObject({ code: 2, stdout: '' })
    expect(end?.stderr).toContain(project.path(`broken-${index}.ts`))
    expect(end?.stderr).toContain(expected)
    if (end !== undefined) expectWords(end)
  }
})

test('before the first load, a command that reads says what to do', async () => {
  const ends = await project.runEach(['files', 'prices'], ['explain', 'prices/day.csv'], ['query', 'SELECT 1'])
  for (const end of ends) {
    expect(end).toMatchObject({ code: 1, stdout: '' })
    expect(end.stderr).toMatch(
      /^tidemark: there is no warehouse at .*warehouse\.duckdb yet; `tidemark up` or `tidemark worker` makes it\n$/,
    )
    expectWords(end)
  }
})
