import { expect, test } from '@jest/globals'
import { cadenceOf } from '../../src/guessing/cadence.ts'
import { filesPattern } from '../../src/guessing/files-pattern.ts'
import { shapesOf } from '../../src/guessing/name-shape.ts'

/** Of each family of names its glob, and what its dates make. */
function guessed(...paths: readonly string[]): string[] {
  return shapesOf(paths).map((files) => {
    const grain = files[0]?.date?.grain
    const keys = new Set(files.flatMap(({ date }) => date?.key ?? []))
    const cadence = grain && cadenceOf(keys, grain)
    return `${filesPattern(files, cadence)} ${cadence?.kind ?? 'dynamic'}`
  })
}

test.each([
  [['prices_2024-01-01.csv', 'prices_2024-01-02.csv'], 'prices_{partition}.csv daily'],
  [['2024/01/02/data.csv', '2024/01/03/data.csv'], '{yyyy}/{MM}/{dd}/data.csv daily'],
  [['sales-20240102.csv.gz', 'sales-20240103.csv.gz'], 'sales-{yyyy}{MM}{dd}.csv.gz daily'],
  [['export_eu_2024-01.tsv', 'export_eu_2024-02.tsv'], 'export_eu_{partition}.tsv monthly'],
  [['year=2024/month=01/day=02/a.csv'], 'year={yyyy}/month={MM}/day={dd}/a.csv daily'],
  [['a_31.12.2023.csv', 'a_01.01.2024.csv'], 'a_{dd}.{MM}.{yyyy}.csv daily'],
  [['2024-01-01.csv', '2024-01-02.csv.gz'], '{partition}.csv{,.gz} daily'],
  [['t_2024010106.csv', 't_2024010107.csv'], 't_{yyyy}{MM}{dd}{HH}.csv hourly'],
  [['x_2024-01-01_1.csv', 'x_2024-01-01_2.csv', 'x_2024-01-02_1.csv'], 'x_{partition}_*.csv daily'],
  [['r-2024-01-01.csv', 'r-2024-06-01.csv'], 'r-{partition}.csv dynamic'],
  [['w-2024-01-01.csv', 'w-2024-01-08.csv', 'w-2024-01-15.csv'], 'w-{partition}.csv weekly'],
  [['part-0001.csv', 'part-0002.csv'], 'part-{partition}.csv dynamic'],
  [['customers.csv'], 'customers.{partition} dynamic'],
  [['a_03-04-2024.csv', 'a_04-05-2024.csv'], 'a_{partition}.csv dynamic'],
  // Folders that repeat the date: next year's is another one.
  [['2024/a_2024-01-30.csv', '2024/a_2024-01-31.csv'], '*/a_{partition}.csv daily'],
  [['sales/2024/01/a_30-01-2024.csv', 'sales/2024/01/a_31-01-2024.csv'], 'sales/*/*/a_{dd}-{MM}-{yyyy}.csv daily'],
  [['year=2024/month=01/2024-01-30.csv', 'year=2024/month=01/2024-01-31.csv'], 'year=*/month=*/{partition}.csv daily'],
  [['in 2024-01/a_20240130.csv', 'in 2024-01/a_20240131.csv'], 'in */a_{yyyy}{MM}{dd}.csv daily'],
  [['v2/7/a_2024-01-30.csv', 'v2/7/a_2024-01-31.csv'], 'v2/7/a_{partition}.csv daily'],
])('%j are found by %s', (paths, pattern) => {
  expect(guessed(...paths)).toEqual([pattern])
})
