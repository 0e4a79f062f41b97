import { statfs } from 'node:fs/promises'
import { TidemarkError } from '../errors.ts'
import { HeldFile } from './held.ts'
import { staging } from './staging-file.ts'

/** DuckDB spills what does not fit into its memory; with less room than this on the disk it may say that memory is short. */
const ROOM_TO_SPILL_BYTES = 2 ** 30
/** Its own limit of memory was reached; else the machine has none, or none to spill to. */
const OWN_LIMIT = /used\)/
const SPILL_LIMIT = /max_temp_directory_size/

/** Whose fault it is that DuckDB ran out of memory: that of a file with records too long, or this machine's. */
export async function outOfMemory(message: string, folder: string): Promise<HeldFile | TidemarkError> {
  const { bavail, bsize } = await staging(() => statfs(folder))
  if (SPILL_LIMIT.test(message) || bavail * bsize < ROOM_TO_SPILL_BYTES)
    return new TidemarkError(
      'StagingFailed',
      `the disk of ${folder} has no room for what is read; make room there, and work goes on`,
    )
  if (!OWN_LIMIT.test(message))
    return new TidemarkError('StagingFailed', 'this machine has no memory left to read a file; free some, and work goes on')
  return new HeldFile('its records are too long to be read in the memory that is set aside')
}
