// Many small files of 8 rows, no two alike: copies are a case of their own.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROWS_EACH = 8
export const COLUMNS = { date: 'DATE', share_price: 'DOUBLE', amount: 'BIGINT' }
export const COLUMNS_TEXT = JSON.stringify(COLUMNS)

let made = 0

export function fileText() {
  made += 1
  const rows = Array.from({ length: ROWS_EACH }, (_, row) => `2018-01-0${row + 1},${row + 1}.25,${33597290 + made}`)
  return `date,share_price,amount\n${rows.join('\n')}\n`
}

/** A folder with one file for each name. */
export function makeFiles(folder, names) {
  mkdirSync(folder, { recursive: true })
  for (const name of names) writeFileSync(join(folder, `${name}.csv`), fileText())
}
