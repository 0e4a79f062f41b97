import { Command, CommanderError } from 'commander'
import { TidemarkError } from '../errors.ts'
import { CODE_VERSION } from '../version.ts'
import { applyCommand } from './apply.ts'
import { doctorCommand } from './doctor.ts'
import { DONE, type ExitCode, FAILED, WRONG_USE } from './exit-code.ts'
import { explainCommand } from './explain.ts'
import { filesCommand } from './files.ts'
import { importCommand } from './import.ts'
import { queryCommand } from './query.ts'
import { sensorCommand } from './sensor.ts'
import { serverWords } from './server-words.ts'
import { statusCommand } from './status.ts'
import { upCommand } from './up.ts'
import { workerCommand } from './worker.ts'

/** What a person can mend by calling again, differently. */
const MISTAKES = new Set(['UsageError', 'ConfigInvalid', 'AlreadyRunning', 'PortTaken'])

/** Runs one command and answers with the exit code; the process ends when nothing is open any more. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = DONE
  const program = new Command('tidemark')
    .description('Loads files into tables, one partition at a time, durably, on Temporal.')
    .version(CODE_VERSION)
    .exitOverride()
    .showHelpAfterError('(add --help for what it takes)')
    .addHelpText('after', HELP_AFTER)
  const done = (result: ExitCode) => {
    code = result
  }
  for (const add of [
    upCommand,
    workerCommand,
    applyCommand,
    statusCommand,
    filesCommand,
    explainCommand,
    importCommand,
    sensorCommand,
    queryCommand,
    doctorCommand,
  ]) {
    add(program, done)
  }
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    return exitCodeOf(error)
  }
}

const HELP_AFTER = `
Each command takes --config FILE (tidemark.config.ts here by default), and --json where it prints data.
Exit code: 0 done, 1 something is held, failed or missing, 2 wrong use.

  npx tidemark up                                    start all of it, and watch
  npx tidemark explain data/source/2018-01-22.csv    why a file is, or is not, in its table
`

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USE
  if (error instanceof TidemarkError) {
    process.stderr.write(`tidemark: ${error.message}\n`)
    return MISTAKES.has(error.code) ? WRONG_USE : FAILED
  }
  const words = serverWords(error)
  if (words === undefined) throw error
  process.stderr.write(`tidemark: the Temporal server refused: ${words}; \`tidemark doctor\` looks at all that is needed\n`)
  return FAILED
}
