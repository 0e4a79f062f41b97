import { expect, test } from '@jest/globals'
import { Loads } from './staged-outcomes.ts'

test('a newer version replaces the rows of its own file, and of no other', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT unnest([1, 2]) AS n'), await loads.good('b', 'SELECT 9 AS n'))
  await loads.load(await loads.good('a', 'SELECT 3 AS n'))
  expect(await loads.values('SELECT n FROM prices ORDER BY n')).toEqual([3, 9])
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 superseded 2', 'a.csv#2 loaded 1', 'b.csv#1 loaded 1'])
})

test('the same bytes again: a new entry with the rows of the old one, which is superseded; held: both stay', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT unnest([1, 2]) AS n'))
  await loads.load(loads.same('a'))
  await loads.load(loads.held('a', 'no header'))
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 superseded 2', 'a.csv#2 loaded 2', 'a.csv#3 held null'])
  expect(await loads.values('SELECT n FROM prices ORDER BY n')).toEqual([1, 2])
  const known = (await loads.warehouse.known(loads.pipeline.name, ['a.csv', 'none.csv'])).get('a.csv')
  expect(known).toMatchObject({ sequence: 3, status: 'held', error: 'no header', loadedRows: 2, loadedHash: expect.any(String) })
  await loads.load(await loads.good('a', 'SELECT 5 AS n'))
  expect((await loads.ledgerLines()).slice(1)).toEqual(['a.csv#2 superseded 2', 'a.csv#3 held null', 'a.csv#4 loaded 1'])
})

test('a version without rows takes those of the one before away', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT 1 AS n'))
  await loads.load(await loads.good('a', 'SELECT 1 AS n LIMIT 0'))
  expect(await loads.values('SELECT n FROM prices')).toEqual([])
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 superseded 1', 'a.csv#2 loaded 0'])
})

test('each row carries its partition and its file, whatever they and the staging folder are called', async () => {
  await using loads = await Loads.create()
  const names = ["a[1]'b", '*?{x,y}', '"; DROP TABLE prices; --', 'Ünï 😀 -x', '%20\n']
  const outcomes = []
  for (const [n, name] of names.entries())
    outcomes.push(await loads.good(name, `SELECT ${n} AS n`, `sub ${name}/${name}.csv`, `st a[1]'*?{x,y} "${n}"`))
  await loads.load(...outcomes)
  const { rows } = await loads.warehouse.query('SELECT * FROM prices ORDER BY n')
  expect(rows).toEqual(names.map((name, n) => ({ n, _tidemark_partition: name, _tidemark_file: `sub ${name}/${name}.csv` })))
  expect((await loads.warehouse.files(loads.pipeline.name)).map(({ path }) => path).sort()).toEqual(
    names.map((name) => `sub ${name}/${name}.csv`).sort(),
  )
})

test('columns may have the names that publishing uses itself', async () => {
  const columns = {
    key: 'VARCHAR',
    path: 'VARCHAR',
    staged_as: 'VARCHAR',
    filename: 'VARCHAR',
    origin: 'VARCHAR',
    'a "b"': 'INTEGER',
  }
  await using loads = await Loads.create({ columns })
  const query = `SELECT 'k' AS key, 'p' AS path, 's' AS staged_as, 'f' AS filename, 'o' AS origin, 1 AS "a ""b"""`
  await loads.load(await loads.good('day', query))
  const { rows } = await loads.warehouse.query('SELECT * FROM prices')
  const own = { _tidemark_partition: 'day', _tidemark_file: 'day.csv' }
  expect(rows).toEqual([{ key: 'k', path: 'p', staged_as: 's', filename: 'f', origin: 'o', 'a "b"': 1, ...own }])
})

test('a load whose staged rows are gone, or are not as many as were counted, publishes nothing', async () => {
  await using loads = await Loads.create()
  await loads.load(await loads.good('a', 'SELECT 1 AS n'))
  const good = await loads.good('a', 'SELECT 2 AS n')
  if (good.verdict !== 'good') throw new Error('expected a good outcome')
  const gone = { ...good, rowsFile: `${good.rowsFile}.gone` }
  await expect(loads.load(gone)).rejects.toMatchObject({
    code: 'WarehouseFailed',
    message: expect.stringContaining('No files found'),
  })
  await expect(loads.load({ ...good, rows: 2 })).rejects.toThrow('2 rows were staged')
  expect(await loads.ledgerLines()).toEqual(['a.csv#1 loaded 1'])
  expect(await loads.values('SELECT n FROM prices')).toEqual([1])
})
