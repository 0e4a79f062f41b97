import { counted } from '../counted.ts'
import type { News, What } from '../warehouse/news.ts'

/** What a webhook and a command get, as JSON. No credential and no row of data is in it. */
export interface Alert {
  /** The whole of it in words: all that endpoints such as Slack's look at. */
  readonly text: string
  readonly pipeline: string
  readonly partition: string | null
  readonly what: What
  readonly reason: string
  /** Of files or partitions, when it is more than one. */
  readonly count: number | null
  /** When it was told, ISO 8601 in UTC. */
  readonly at: string
  /** The id of the workflow that found it. */
  readonly workflow: string
}

export type Channel = 'webhook' | 'command'

export function alertOf(news: News, workflow: string, at: Date): Alert {
  const { pipeline, partition = null, what, reason, count = null } = news
  const subject = partition === null ? pipeline : `${pipeline} ${partition}`
  const many = count === null ? '' : ` (${manyOf(what, count)})`
  const text = `${subject} ${WORDS[what]}${many}${reason === '' ? '' : `: ${reason}`}`
  return { text, pipeline, partition, what, reason, count, at: at.toISOString(), workflow }
}

/** What is well again may be files that were held, partitions that were late, or some of both. */
export function manyOf(what: What, count: number): string {
  return what === 'recovered' ? `${count} files or partitions` : counted(count, unitOf(what))
}

/** Files are held, gone or well again; partitions are late. */
export function unitOf(what: What): 'file' | 'partition' {
  return what === 'late' || what === 'missing' ? 'partition' : 'file'
}

const WORDS: Record<What, string> = {
  held: 'is held',
  late: 'is late',
  missing: 'is missing',
  failing: 'cannot read its source',
  recovered: 'has recovered',
  gone: 'has lost files',
}
