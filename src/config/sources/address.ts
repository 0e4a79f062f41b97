import { z } from 'zod'
import { refusedHost } from '../../sources/refused-address.ts'

/** The address of a server that is spoken to by HTTP. What is wrong is told without what was written: it may hold a password. */
export const httpEndpoint = z.string({ error: 'expected an address' }).superRefine((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const fault =
    url === undefined || !['http:', 'https:'].includes(url.protocol)
      ? "write an address such as 'https://storage.example.com'"
      : url.username !== '' || url.password !== ''
        ? "it holds a user or a password; leave them out, and name what holds them with env('NAME')"
        : refusedHost(url.hostname)
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
})

/** The folder of an address, as it was written: parsed, it has climbed already. */
export function withoutHost(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, '')
}

export function climbs(folder: string): boolean {
  return /(^|\/)\.\.?(\/|$)/.test(folder.replace(/%2e/gi, '.'))
}
