import { counted } from '../src/counted.ts'
import { tellActivities } from './activity-options.ts'

/** What people were not told. Histories of older code have less. */
interface Untold {
  readonly newlyHeld: number
  readonly recovered?: number
  readonly gone?: number
}

/** Of a partition, or of all of a pipeline. The ledger says which files it is, and why. */
export async function tellOfFiles(
  of: { readonly pipeline: string; readonly partition?: string },
  { newlyHeld, gone = 0, recovered = 0 }: Untold,
): Promise<void> {
  const name = of.partition === undefined ? of.pipeline : `${of.pipeline} ${of.partition}`
  if (newlyHeld > 0)
    await tellActivities(
      of.partition === undefined ? `tell of ${counted(newlyHeld, 'held file')} of ${name}` : `tell that ${name} is held`,
    ).tell({
      ...of,
      what: 'held',
      count: newlyHeld,
      reason: '',
    })
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
