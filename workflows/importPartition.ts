import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow'
import { counted } from '../src/counted.ts'
import type { PartitionState } from '../src/loading/load-partition.ts'
import { ROWS, STATUS } from '../src/names.ts'
import type { Sighting } from '../src/sources/sightings.ts'
import { loadActivities } from './activity-options.ts'
import { nameStarter } from './name-starter.ts'
import { tellOfFiles } from './tell-of-files.ts'

export interface ImportPartitionInput {
  readonly pipeline: string
  readonly partition: string
  /** Where to look and what was seen there; never what to load. */
  readonly hints?: readonly Sighting[]
  /** Paths that sweeps did not find: where to look, never what to remove. */
  readonly absent?: readonly string[]
  /** Somebody has named the partition: what `initial` has left out of it is loaded as well. */
  readonly alsoIgnored?: boolean
  /** Whoever has started it tells people, of all that it has started. */
  readonly toldByStarter?: boolean
}

/** Brings one partition up to date, and answers with what it is then. A newest version that is held fails the run as `FileHeld`. */
export async function importPartition({
  pipeline,
  partition,
  hints = [],
  absent = [],
  alsoIgnored = false,
  toldByStarter = false,
}: ImportPartitionInput): Promise<PartitionState> {
  const name = `${pipeline} ${partition}`
  nameStarter(pipeline, partition)
  const state = await loadActivities(`load ${name}`).loadPartition({
    pipeline,
    partition,
    hints,
    ...(absent.length === 0 ? {} : { absent }),
    ...(alsoIgnored ? { alsoIgnored } : {}),
    ...(toldByStarter ? { toldByStarter } : {}),
  })
  await tellOfFiles({ pipeline, partition }, state)
  upsertSearchAttributes([
    { key: STATUS, value: state.state },
    { key: ROWS, value: state.rows },
  ])
  setCurrentDetails(
    `**${state.state}**: ${counted(state.rows, 'row')} of ${counted(state.files, 'file')}${state.reason === undefined ? '' : `\n\n${state.reason}`}`,
  )
  if (state.state === 'held') throw fileHeld(state.reason ?? name)
  return state
}

/** Refused for what its bytes say: trying again cannot help, and nothing of ours is broken. */
function fileHeld(reason: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'FileHeld',
    message: reason,
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
  })
}
