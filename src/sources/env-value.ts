import { TidemarkError } from '../errors.ts'

/** What an environment variable holds that the config names; a worker that is started again with another environment may do better. */
export function envValue(name: string, what: string): string {
  const value = process.env[name]
  if (value !== undefined && value !== '') return value
  const message = `Expected ${what} in the environment variable ${name}, got nothing. Set it where the worker runs, and start that again.`
  throw new TidemarkError('SourceUnavailable', message)
}
