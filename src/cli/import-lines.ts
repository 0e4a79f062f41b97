import { counted } from '../counted.ts'
import type { PartitionState } from '../loading/load-partition.ts'
import type { ReadingProgress, Settling } from '../loading/reading.ts'
import { paceOf } from '../pace-of.ts'
import { timeInWords } from '../time-in-words.ts'
import type { Progress } from './display.ts'

/** How an import has ended, also when its newest version is held. */
export type Ended = Partial<PartitionState> & Pick<PartitionState, 'state'>

export function endText({ state, rows, files, reason }: Ended): string {
  switch (state) {
    case 'loaded':
      return `loaded, ${counted(rows ?? 0, 'row')}${files === 0 ? '; its file is gone from the source' : ` of ${counted(files ?? 0, 'file')}`}`
    case 'held':
      return `held, ${reason}`
    case 'waiting':
      return `waiting, ${reason}; try again when they are whole`
    case 'nothing':
      return reason ?? 'nothing, no file for it in the source'
  }
}

type Partition = { readonly pipeline: string; readonly partition: string }

export function stepShown(of: Partition, step: ReadingProgress | Settling): Progress {
  return 'settling' in step ? settlingShown(of, step) : readingShown(of, step)
}

function settlingShown(of: Partition, { settling, settleMs }: Settling): Progress {
  const files = `${counted(settling, 'file')} ${settling === 1 ? 'has' : 'have'}`
  return {
    of: `${of.pipeline} ${of.partition}`,
    fraction: 0,
    counts: `waiting until ${files} been unchanged for ${timeInWords(Math.ceil(settleMs / 1_000) * 1_000)}`,
    pace: '',
    fields: { ...of, settling, settleMs },
  }
}

/** By bytes: a partition may be one large file. */
export function readingShown(of: Partition, { workedMs, ...reading }: ReadingProgress): Progress {
  const { files, done, held, failed, bytes, bytesRead } = reading
  const left = files - done - held - failed
  const { rate, secondsLeft } = paceOf(bytesRead, workedMs, Math.max(0, bytes - bytesRead))
  const isRead = bytesRead >= bytes
  const counts = [
    `${done} of ${counted(files, 'file')} read and checked`,
    ...(held > 0 ? [`${held} held`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    left === 0 ? 'publishing' : isRead ? 'checking' : `${megabytes(bytesRead)} of ${megabytes(bytes)} MB`,
  ]
  return {
    of: `${of.pipeline} ${of.partition}`,
    fraction: bytes === 0 ? 0 : bytesRead / bytes,
    counts: counts.join(', '),
    pace: rate === null || isRead ? '' : `${megabytes(rate)} MB/s, ${timeInWords((secondsLeft ?? 0) * 1_000)} left`,
    fields: { ...of, ...reading, left, rate, secondsLeft },
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}
