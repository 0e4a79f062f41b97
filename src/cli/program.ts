import { Command, CommanderError } from 'commander'
import { TidemarkError } from '../errors.ts'
import { CODE_VERSION } from '../version.ts'
import { DONE, type Done, type ExitCode, FAILED, WRONG_USE } from './exit-code.ts'

/** What a person can mend by calling again, differently. */
const MISTAKES = new Set(['UsageError', 'ConfigInvalid', 'AlreadyRunning', 'PortTaken'])

type AddCommand = (program: Command, done: Done) => void

/** In the order of the help. Each is loaded when it is asked for: all of them together take most of a second. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import('./init.ts')).initCommand,
  up: async () => (await import('./up.ts')).upCommand,
  worker: async () => (await import('./worker.ts')).workerCommand,
  apply: async () => (await import('./apply.ts')).applyCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  files: async () => (await import('./files.ts')).filesCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  audit: async () => (await import('./audit.ts')).auditCommand,
  retry: async () => (await import('./act.ts')).retryCommand,
  release: async () => (await import('./act.ts')).releaseCommand,
  remove: async () => (await import('./act.ts')).removeCommand,
  backfill: async () => (await import('./backfill.ts')).backfillCommand,
  import: async () => (await import('./import.ts')).importCommand,
  sensor: async () => (await import('./sensor.ts')).sensorCommand,
  query: async () => (await import('./query.ts')).queryCommand,
  ui: async () => (await import('./ui.ts')).uiCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
}

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
  const named = COMMANDS[argv[2] ?? '']
  for (const load of named === undefined ? Object.values(COMMANDS) : [named]) (await load())(program, done)
  try {
    await program.parseAsync(argv)
    return code
  } catch (error) {
    return await exitCodeOf(error)
  }
}

const HELP_AFTER = `
Each command takes --config FILE (tidemark.config.ts here by default), and --json where it prints data.
Exit code: 0 done, 1 something is held, failed or missing, 2 wrong use.

  npx tidemark up                                    start all of it, and watch
  npx tidemark explain data/source/2018-01-22.csv    why a file is, or is not, in its table
`

async function exitCodeOf(error: unknown): Promise<ExitCode> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USE
  if (error instanceof TidemarkError) {
    process.stderr.write(`tidemark: ${error.message}\n`)
    return MISTAKES.has(error.code) ? WRONG_USE : FAILED
  }
  const { serverWords } = await import('../client/server-words.ts') // with all of the client behind it
  const words = serverWords(error)
  if (words === undefined) throw error
  process.stderr.write(`tidemark: the Temporal server refused: ${words}; \`tidemark doctor\` looks at all that is needed\n`)
  return FAILED
}
