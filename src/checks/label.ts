import type { Check } from './check.ts'

const LONGEST_LIST = 100

/** How a check reads in messages, such as `above(share_price, 0)`. */
export function labelOf(check: Check): string {
  return `${check.kind}(${cut(argumentsOf(check).join(', '))})`
}

function argumentsOf(check: Check): readonly unknown[] {
  switch (check.kind) {
    case 'above':
      return [check.column, check.limit]
    case 'between':
      return [check.column, check.min, check.max]
    case 'notNull':
      return [check.column]
    case 'unique':
      return check.columns
    case 'rowCount':
      return [...bound('min', check.min), ...bound('max', check.max)]
    case 'oneOf':
      return [check.column, ...check.values]
    case 'sql':
      return [check.name]
  }
}

function bound(name: string, value: number | undefined): string[] {
  return value === undefined ? [] : [`${name} ${value}`]
}

function cut(text: string): string {
  return text.length > LONGEST_LIST ? `${text.slice(0, LONGEST_LIST)}…` : text
}
