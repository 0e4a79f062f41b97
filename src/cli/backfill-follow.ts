import { setTimeout as delay } from 'node:timers/promises'
import type { BackfillProgress } from '../backfilling/progress.ts'
import type { Backfill } from '../client/backfill.ts'
import { unlessAborted } from '../unless-aborted.ts'
import { progressLine } from './backfill-lines.ts'

const LOOK_EACH_MS = 1_000

/** Where progress is shown: lines, or whatever a terminal can do. */
export type ShowProgress = (progress: BackfillProgress) => void

/** A line when something has changed. */
export function linePrinter(pipeline: string, print: (line: string) => void): ShowProgress {
  let last = ''
  return (progress) => {
    const now = progressLine(pipeline, { ...progress, rate: null, secondsLeft: null })
    if (now === last) return
    last = now
    print(progressLine(pipeline, progress))
  }
}

/** Shows the progress each second until it is stopped. Without a worker there is none, and the next look may find one. */
export async function followProgress(backfill: Backfill, show: ShowProgress, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(LOOK_EACH_MS, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const progress = await unlessAborted(backfill.progress(), signal).catch(() => undefined)
    if (progress !== undefined && progress.state !== 'done' && !signal.aborted) show(progress)
  }
}
