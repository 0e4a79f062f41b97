import { expect, test } from '@jest/globals'
import { madeOf } from '../../src/cli/version-steps.ts'
import { CAPABILITIES } from '../../src/sources/capabilities.ts'

test('what tells two versions of a path apart is named as the source has it', () => {
  const made = Object.entries(CAPABILITIES).map(([kind, can]) => [kind, madeOf(can)])
  expect(Object.fromEntries(made)).toEqual({
    local: 'size, times and inode',
    s3: 'size and ETag',
    azure: 'size and ETag',
    gcs: 'size and generation',
    sftp: 'size and time',
    ftp: 'size and time',
  })
})
