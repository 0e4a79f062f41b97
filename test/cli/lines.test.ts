import { expect, test } from '@jest/globals'
import { lineReporter } from '../../src/cli/lines.ts'

test('several reasons follow each other in one line; what a name may hold is shown as an escape', () => {
  const lines: string[] = []
  const { news } = lineReporter((line) => lines.push(line))
  news({ pipeline: 'prices', what: 'held', count: 2, reason: 'a.csv: no header\nb\u0007.csv: no rows' })
  news({ pipeline: 'prices', what: 'late', partition: '2018-01-22', reason: 'no file yet' })
  news({ pipeline: 'prices', what: 'recovered', count: 2, reason: 'a.csv: loaded\npartition 2018-01-22: loaded' })
  expect(lines).toEqual([
    'held prices: 2 files, such as a.csv: no header; b\\u0007.csv: no rows',
    'late prices 2018-01-22: no file yet',
    'recovered prices: 2 files or partitions, such as a.csv: loaded; partition 2018-01-22: loaded',
  ])
})
