import type { z } from 'zod'

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}

/** What is expected, where the schema does not say it in words of its own. */
export function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${NOUNS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${issue.values.map((value) => shown(value)).join(', ')}`
    case 'too_small':
      return issue.origin === 'string' ? 'expected a text that is not empty' : 'expected at least one'
    default:
      return undefined
  }
}

/** Where, what is expected, and what came. */
export function describeIssue({ path, message, ...issue }: z.core.$ZodIssue): string[] {
  // The builders set it; a person sees the object that they make.
  const ofKind = path.at(-1) === 'kind'
  const where = (ofKind ? path.slice(0, -1) : path).map(String).join('.')
  if (where === '' && issue.code === 'invalid_type')
    return [`expected \`export default defineConfig({ … })\`, got ${shown(issue.input)}`]
  const at = where === '' ? 'the config' : where
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => `${at}: ${inner.message}`)
  const complete = ofKind || !message.startsWith('expected') || message.includes(', got ')
  return [`${at}: ${message}${complete ? '' : `, got ${shown(issue.input)}`}`]
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
