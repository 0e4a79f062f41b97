import { mkdir, readFile, rm } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { freePort } from '../server/free-port.ts'
import { Project } from './project.ts'

let project: Project

beforeAll(async () => {
  project = await Project.create('')
})
afterAll(() => project[Symbol.asyncDispose]())

test('from a folder of files to rows, with the commands that it prints', async () => {
  await using fresh = await Project.create('')
  await rm(fresh.path('tidemark.config.ts'))
  for (const day of ['01', '02', '03']) {
    await fresh.write(`data/prices_2024-01-${day}.csv`, `date,Share Price,amount\n2024-01-${day},1.5,3\n2024-01-${day},NA,4\n`)
    await fresh.write(`data/sales-202401${day}.tsv.gz`, gzipSync(`day\tcode\n202401${day}\t007\n`))
    await fresh.write(`data/de/umsatz_${day}.01.2024.csv`, `Datum;Betrag;Notiz\n${day}.01.2024;1,5;"a;b"\n`)
    await fresh.write(`data/logs/2024/01/${day}/events.csv`, `id,ok\n${day.slice(1)},true\n2${day},false\n`)
  }
  await fresh.write('data/customers.csv', 'id,name\n1,Ann\n')
  await fresh.write('data/notes.md', 'no rows')

  const init = await fresh.run('init', 'data')
  expect(init).toMatchObject({ code: 0, stderr: '' })
  const commands = [...init.stdout.matchAll(/^ {2}npx tidemark (.+)$/gm)].map(([, command = '']) => command)
  expect(commands).toEqual(['up --once', expect.stringMatching(/^query 'SELECT \* FROM "[a-z]+" LIMIT 5'$/)])
  expect(init.stdout).toContain('left out: 1 file such as notes.md: not .csv')

  const up = await fresh.run('up', '--once', '--port', String(await freePort()), '--ui-port', String(await freePort()))
  expect(up).toMatchObject({ code: 0, stderr: '' })
  const [shown, prices, sales, umsatz, events, customers] = await fresh.runEach(
    ['query', commands[1]?.slice("query '".length, -1) ?? ''],
    [
      'query',
      '--json',
      'SELECT _tidemark_partition AS key, date::VARCHAR AS date, "Share Price", amount FROM prices ORDER BY ALL',
    ],
    ['query', '--json', 'SELECT _tidemark_partition AS key, day::VARCHAR AS day, code FROM sales ORDER BY ALL'],
    ['query', '--json', 'SELECT _tidemark_partition AS key, Datum::VARCHAR AS Datum, Betrag, Notiz FROM umsatz ORDER BY ALL'],
    [
      'query',
      '--json',
      'SELECT _tidemark_partition AS key, count(*)::INTEGER AS rows FROM events WHERE ok GROUP BY 1 ORDER BY 1',
    ],
    ['query', '--json', 'SELECT name FROM customers'],
  )
  const days = ['2024-01-01', '2024-01-02', '2024-01-03']
  const rows = (end: typeof shown): unknown => JSON.parse(end?.stdout ?? '')
  expect(shown).toMatchObject({ code: 0, stderr: '' })
  expect(shown?.stdout.split('\n').length).toBeGreaterThan(1)
  const priced = (day: string) => [
    { key: day, date: day, 'Share Price': 1.5, amount: expect.anything() },
    { key: day, date: day, 'Share Price': null, amount: expect.anything() },
  ]
  expect(rows(prices)).toEqual(days.flatMap(priced))
  expect(rows(sales)).toEqual(days.map((day) => ({ key: day, day, code: '007' })))
  expect(rows(umsatz)).toEqual(days.map((day) => ({ key: day, Datum: day, Betrag: '1,5', Notiz: 'a;b' })))
  expect(rows(events)).toEqual(days.map((day) => ({ key: day, rows: 1 })))
  expect(rows(customers)).toEqual([{ name: 'Ann' }])
})

test('a config that is there is never written over', async () => {
  await project.write('data/a.csv', 'id\n1\n')
  const before = await readFile(project.path('tidemark.config.ts'), 'utf8')
  const [there, named, elsewhere, dry] = await project.runEach(
    ['init', 'data'],
    ['init', 'data', '--config', 'tidemark.config.ts'],
    ['init', 'data', '--config', 'other.config.ts'],
    ['init', 'data', '--dry-run'],
  )
  for (const end of [there, named]) {
    expect(end).toMatchObject({ code: 2, stdout: '' })
    expect(end?.stderr).toContain('tidemark.config.ts is there already; move it away, write elsewhere with --config FILE')
  }
  expect(await readFile(project.path('tidemark.config.ts'), 'utf8')).toBe(before)
  expect(elsewhere).toMatchObject({ code: 0, stderr: '' })
  expect(elsewhere?.stdout).toContain('  npx tidemark up --once --config other.config.ts\n')
  expect(dry).toMatchObject({ code: 0, stderr: '', stdout: await readFile(project.path('other.config.ts'), 'utf8') })
})

test('a folder that is empty, not there, no folder, or of nothing that can be loaded', async () => {
  await mkdir(project.path('empty'))
  await project.write('file.csv', 'id\n1\n')
  await project.write('pictures/a.png', 'PNG')
  await project.write('broken/a.csv', 'id,\n1,2\n')
  await project.write('broken/b.csv.gz', 'no gzip')
  const [empty, absent, file, pictures, broken] = await project.runEach(
    ...['empty', 'absent', 'file.csv', 'pictures', 'broken'].map((folder) => ['init', folder, '--config', 'new.config.ts']),
  )
  expect(empty).toMatchObject({ code: 2, stderr: expect.stringContaining('put a CSV file there, or name another folder') })
  expect(pictures).toMatchObject({ code: 2, stderr: expect.stringMatching(/1 file such as a\.png: not \.csv/) })
  expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining('the header has no name for column 2') })
  expect(broken?.stderr).toContain('b.csv.gz: cannot be read')
  for (const end of [absent, file])
    expect(end).toMatchObject({ code: 1, stderr: expect.stringMatching(/^tidemark: .*(absent|file\.csv)/) })
  await expect(readFile(project.path('new.config.ts'))).rejects.toThrow('ENOENT')
})

test('a place that cannot be written to', async () => {
  await project.write('data/a.csv', 'id\n1\n')
  const end = await project.run('init', 'data', '--config', 'nowhere/tidemark.config.ts')
  expect(end).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/cannot write .*nowhere.*: ENOENT; name another place/),
  })
})
