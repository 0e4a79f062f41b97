// Builds, then runs jest with what it needs to import ES modules. The first argument may name a suite; the others go to jest.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin', 'jest.js')

/** Real servers of every kind of remote source. */
const SOURCES = ['test/sources/(every-kind|s3|azure|gcs|sftp|ftp)/', 'test/docs/rotate']
/** What takes long: whole programs, kills, and loads that are held up. The suite while working must end within three minutes. */
const LONGER = [
  'test/(faults|server|deploy|examples|peer)/',
  'test/cli/(up|once|backfill|progress|init|status|running|apply|doctor)',
  'test/backfilling/(steering|only|backfill|details)',
  'test/scheduled/backfill',
  'test/sources/throttled',
  'test/alerting/(alerts|overdue)',
  'test/guessing/guess-folder',
  'test/loading/bad-among-many',
  'test/sensor/(in-a-burst|continue-as-new|first-start)',
  'test/docs/tasks',
]
/** What wants a browser. */
const BROWSER = 'test/page/browser/'
const SUITES = {
  working: ['--testPathIgnorePatterns', ...SOURCES, BROWSER, ...LONGER],
  longer: LONGER,
  sources: SOURCES,
  page: [BROWSER],
}
const [first, ...others] = process.argv.slice(2)
const suite = SUITES[first]
const jestArguments = suite === undefined ? process.argv.slice(2) : [...others, ...suite]

const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' })
if (built.status !== 0) process.exit(built.status ?? 1)
const tested = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', jest, ...jestArguments],
  {
    stdio: 'inherit',
    cwd: root,
  },
)
process.exit(tested.status ?? 1)
