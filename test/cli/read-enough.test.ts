import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { DIST } from './project.ts'

test('a reader who has read enough ends no command with an exception', async () => {
  const main = join(DIST, 'src', 'cli', 'main.js')
  // Its output ends before it begins, and its exit code is what `pipefail` tells.
  const command = `set -o pipefail; "$0" "$1" --help | true`
  const { stderr } = await promisify(execFile)('bash', ['-c', command, process.execPath, main])
  expect(stderr).toBe('')
})
