// Files for the pipelines, and what is right to think of any bytes: read here by itself, not by what is tested.
import { gunzipSync, gzipSync } from 'node:zlib'

export const COLUMNS = ['name', 'share_price', 'amount']
const HEADER = COLUMNS.join(',')
export const BADNESS = ['check', 'header', 'short row', 'no number', 'empty', 'cut']

let made = 0

/** Rows that no other version has, so that rows in the table name their version. */
export function goodText(random) {
  made += 1
  const count = random.chance(0.1) ? random.between(1_000, 5_000) : random.between(1, 30)
  const order = random.chance(0.3) ? [2, 0, 1] : [0, 1, 2]
  const rows = Array.from({ length: count }, (_, row) => [`v${made}-${row}`, `${row + 1}.25`, `${made * 1000 + row}`])
  return `${[COLUMNS, ...rows].map((cells) => order.map((at) => cells[at]).join(',')).join('\n')}\n`
}

export function badBytes(random, badness, packed) {
  const lines = goodText(random).trimEnd().split('\n')
  const column = lines[0].split(',')
  const last = lines.at(-1).split(',')
  switch (badness) {
    case 'check':
      last[column.indexOf('share_price')] = random.pick(['0', '-1', 'NaN', ''])
      break
    case 'header':
      lines[0] = lines[0].replace('amount', random.pick(['amounts', 'amount,more', 'name']))
      break
    case 'short row':
      last.pop()
      break
    case 'no number':
      last[column.indexOf('amount')] = random.pick(['many', '1.5', '99999999999999999999'])
      break
    case 'empty':
      return Buffer.alloc(0)
    case 'cut': {
      const whole = bytesOf(lines.join('\n'), packed)
      return packed ? whole.subarray(0, random.between(1, whole.length - 1)) : whole.subarray(0, HEADER.length - 2)
    }
  }
  lines[lines.length - 1] = badness === 'header' ? lines.at(-1) : last.join(',')
  return bytesOf(`${lines.join('\n')}\n`, packed)
}

export function bytesOf(text, packed) {
  return packed ? gzipSync(text) : Buffer.from(text)
}

/** The rows of these bytes in the order of COLUMNS; undefined when they must be held. */
export function rowsOf(bytes, packed) {
  const cells = readable(bytes, packed)
  return cells?.every(isGood) ? cells.map(valuesOf) : undefined
}

/** The rows of these bytes when a person releases them: only a check may hold them. */
export function releasedRowsOf(bytes, packed) {
  const cells = readable(bytes, packed)
  return cells?.every(isWhole) && !cells.every(isGood) ? cells.map(valuesOf) : undefined
}

function readable(bytes, packed) {
  let text
  try {
    text = (packed ? gunzipSync(bytes) : bytes).toString()
  } catch {
    return undefined
  }
  const [header, ...lines] = text.replace(/\n$/, '').split('\n')
  const names = header.split(',')
  if (names.length !== COLUMNS.length || COLUMNS.some((column) => !names.includes(column))) return undefined
  const rows = lines.map((line) => line.split(','))
  if (rows.some((cells) => cells.length !== COLUMNS.length)) return undefined
  return rows.map((cells) => COLUMNS.map((column) => cells[names.indexOf(column)]))
}

const isGood = (cells) => isWhole(cells) && Number(cells[1]) > 0
const isWhole = ([name, , amount]) => name !== '' && /^\d{1,18}$/.test(amount)
const valuesOf = ([name, price, amount]) => [name, price === '' ? null : Number(price), amount]
