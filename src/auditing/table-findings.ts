import { FILE_COLUMN } from '../config/own-columns.ts'
import type { Pipeline } from '../config/pipeline.ts'
import { counted } from '../counted.ts'
import { shellWord } from '../shell-word.ts'
import { quotedName, quotedText } from '../sql-text.ts'
import type { Inventoried } from '../warehouse/inventory.ts'
import type { Compared } from './compare.ts'
import type { Finding } from './finding.ts'

/** Ledger against table: the rows of each path are those of the version that is loaded. */
export function tableFindings({ pipeline, listed }: Compared, line: Inventoried): Finding[] {
  const { path, rows, strayRows, loaded } = line
  if (path === null)
    return [
      { kind: 'extra', path, what: `${counted(rows, 'row')} of no file`, mend: deletion(pipeline, `${FILE_COLUMN} IS NULL`) },
    ]
  if (loaded.versions === 0) {
    if (rows === 0) return []
    const mend = deletion(pipeline, `${FILE_COLUMN} = ${quotedText(path)}`)
    return [{ kind: 'extra', path, what: `${counted(rows, 'row')} in the table, and no version is loaded`, mend }]
  }

  const word = shellWord(path)
  const mend = listed.has(path)
    ? `\`tidemark retry ${word}\` loads the file again in their place`
    : `put the file back and \`tidemark retry ${word}\`, or \`tidemark remove ${word}\` takes all its rows out`
  const found: Finding[] = []
  if (loaded.versions > 1)
    found.push({ kind: 'duplicated', path, what: `${loaded.versions} versions are loaded at once, by the ledger`, mend })
  const inTable = `${counted(rows, 'row')} in the table, ${loaded.rows} by the ledger`
  if (rows > loaded.rows) found.push({ kind: 'duplicated', path, what: inTable, mend })
  if (rows < loaded.rows) found.push({ kind: 'missing', path, what: inTable, mend })
  if (strayRows > 0)
    found.push({ kind: 'extra', path, what: `${counted(strayRows, 'row')} carry another partition than the file`, mend })
  return found
}

function deletion({ table: { schema, name } }: Pipeline, which: string): string {
  return `in DuckDB: DELETE FROM ${quotedName(schema)}.${quotedName(name)} WHERE ${which}`
}
