import type { Pipeline } from '../config/pipeline.ts'

/** Whether a file may be loaded without its bad rows: they are within every limit that is given. */
export function mayReject(limits: Pipeline['onBadRows'], bad: number, records: number): boolean {
  if (limits === 'hold') return false
  return bad <= (limits.rows ?? bad) && bad <= (limits.share ?? 1) * records
}

/** What the limits are, for people; empty where no bad row is let go. */
export function limitsText(limits: Pipeline['onBadRows'], records: number): string {
  if (limits === 'hold') return ''
  const texts = [
    ...(limits.rows === undefined ? [] : [`${limits.rows}`]),
    ...(limits.share === undefined ? [] : [`${Number((limits.share * 100).toPrecision(6))}% of ${records}`]),
  ]
  return `; onBadRows rejects at most ${texts.join(' and ')}`
}
