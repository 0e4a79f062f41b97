/** Files like those of the samples: the dates are not the file's, and a FLOAT would spoil the numbers. */

export const PRICE_COLUMNS = {
  date: 'DATE',
  share_price: 'DOUBLE',
  amount: 'DOUBLE',
  spend: 'DOUBLE',
  shift: 'DOUBLE',
  spread: 'DOUBLE',
} as const

export const HEADER = '"date","share_price","amount","spend","shift","spread"'

/** A file with a row for each share price. */
export function prices(...sharePrices: readonly (number | string)[]): string {
  const rows = sharePrices.map((price, index) => `"2018/09/${String(index + 10)}",${price},33597290,8895553.11,-1.38,3.12`)
  return `${[HEADER, ...rows].join('\n')}\n`
}
