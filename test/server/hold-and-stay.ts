/** A program for tests: holds the state folder, says so, and stays until it is killed. */
import { holdUp } from '../../src/server/hold-up.ts'

const [, , stateFolder = ''] = process.argv
try {
  await holdUp(stateFolder)
  console.log('held')
  setInterval(() => {}, 60_000)
} catch (error) {
  console.log(String(error))
}
