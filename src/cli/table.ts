import Table from 'cli-table3'
import { oneLine, print } from './output.ts'

/** Without lines, so that a row can be cut and searched by other programs. */
export function printTable(head: readonly string[], rows: readonly (readonly unknown[])[]): void {
  const blank = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
  }
  const inner = { left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' }
  const table = new Table({
    head: [...head],
    chars: { ...blank, ...inner },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) table.push(row.map(cellOf))
  print(table.toString())
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return oneLine(typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value))
}
