import { randomBytes } from 'node:crypto'

/** Of something that is not there, so that what is tried on it harms nobody's file. */
export function probeName(): string {
  return `.tidemark-doctor-${randomBytes(8).toString('hex')}`
}
