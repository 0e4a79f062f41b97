import { counted } from '../src/counted.ts'
import { tellActivities } from './activity-options.ts'

interface Untold {
  readonly recovered?: number
  readonly gone?: number
}

/** Histories of older code have neither. */
export async function tellOfFiles(
  of: { readonly pipeline: string; readonly partition?: string },
  { gone = 0, recovered = 0 }: Untold,
): Promise<void> {
  const name = of.partition === undefined ? of.pipeline : `${of.pipeline} ${of.partition}`
  if (gone > 0)
    await tellActivities(`tell of ${counted(gone, 'file')} gone from ${name}`).tell({
      ...of,
      what: 'gone',
      count: gone,
      reason: '',
    })
  if (recovered > 0)
    await tellActivities(`tell that ${name} has recovered`).tell({ ...of, what: 'recovered', count: recovered, reason: '' })
}
