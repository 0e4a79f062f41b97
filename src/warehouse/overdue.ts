import type { Expect } from '../freshness/expect.ts'

/** As much of a partition as is enough for it to have recovered. */
export type Least = Pick<Expect, 'files' | 'rows'>

/** What is overdue by the clock, or is so no more; the ledger says what of it people were told. */
export interface Overdue {
  /** `partition/<key>`; or `next`: a new one, of dynamic partitions. */
  readonly subject: string
  /** Null: it has come. */
  readonly state: 'late' | 'missing' | null
  readonly key?: string
  /** For people, without the key. */
  readonly text: string
}

export const NEXT_SUBJECT = 'next'
export const partitionSubject = (key: string) => `partition/${key}`

/** Who was told as missing is not told as late again. */
export function isNews(state: Overdue['state'], told: string | undefined): boolean {
  return state === null ? told !== undefined : told !== state && !(told === 'missing' && state === 'late')
}
