import { writeFile } from 'node:fs/promises'
import { basename, dirname, relative, resolve, sep } from 'node:path'
import type { Command } from 'commander'
import { configInFolder } from '../config/load.ts'
import { counted } from '../counted.ts'
import { systemCodeOf, TidemarkError } from '../errors.ts'
import { configText } from '../guessing/config-text.ts'
import type { Guess, GuessedPipeline } from '../guessing/guess.ts'
import { guessFolder } from '../guessing/guess-folder.ts'
import { shellWord } from '../shell-word.ts'
import { quotedName } from '../sql-text.ts'
import { DONE, type Done } from './exit-code.ts'
import { oneLine, print } from './output.ts'
import { untilStopped } from './until-stopped.ts'

const DEFAULT_FILE = 'tidemark.config.ts'

interface InitOptions {
  readonly config?: string
  readonly dryRun?: boolean
}

export function initCommand(program: Command, done: Done): void {
  program
    .command('init')
    .description('a first config, guessed from the files of a folder')
    .argument('<folder>')
    .option('--config <file>', `where to write it; ${DEFAULT_FILE} in this folder by default`)
    .option('--dry-run', 'print it, and write nothing')
    .action(async (folder: string, { config, dryRun = false }: InitOptions) => {
      const file = resolve(config ?? DEFAULT_FILE)
      const known = config === undefined ? configInFolder() : undefined
      if (known !== undefined && !dryRun) throw isThere(known)
      const from = resolve(folder)
      const guess = await guessFolder(from, basename(from), unlessStopped())
      if (guess.pipelines.length === 0) throw nothingFound(from, guess)
      const text = configText(guess, relative(dirname(file), from).split(sep).join('/') || '.')
      if (dryRun) process.stdout.write(text)
      else {
        await write(file, text)
        tell(guess, file, config)
      }
      done(DONE)
    })
}

/** Copies of files are taken away before it ends. */
function unlessStopped(): AbortSignal {
  const stopping = new AbortController()
  void untilStopped().then(() => stopping.abort(new TidemarkError('StagingFailed', 'stopped; nothing is written')))
  return stopping.signal
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' })
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'EEXIST') throw isThere(file)
    if (code === undefined) throw error
    throw new TidemarkError('UsageError', `cannot write ${file}: ${code}; name another place with --config FILE`)
  }
}

function isThere(file: string): TidemarkError {
  const mend = 'move it away, write elsewhere with --config FILE, or see what would be written with --dry-run'
  return new TidemarkError('UsageError', `${file} is there already; ${mend}`)
}

function nothingFound(folder: string, { leftOut }: Guess): TidemarkError {
  const why = leftOut.map(({ reason, count, example }) => `${counted(count, 'file')} such as ${example}: ${reason}`).join('; ')
  const mend = 'put a CSV file there, or name another folder'
  return new TidemarkError('UsageError', oneLine(`no files of rows in ${folder}${why === '' ? '' : ` (${why})`}; ${mend}`))
}

function tell({ pipelines, leftOut }: Guess, file: string, config: string | undefined): void {
  print(`${file} is written`)
  for (const pipeline of pipelines) print(oneLine(`  ${lineOf(pipeline)}`))
  for (const { held, name } of pipelines) {
    for (const { path, reason } of held) print(oneLine(`  would be held by ${name}: ${path}: ${reason}`))
  }
  for (const { reason, count, example } of leftOut) {
    print(oneLine(`  left out: ${counted(count, 'file')} such as ${example}: ${reason}`))
  }
  const option = config === undefined ? '' : ` --config ${shellWord(config)}`
  const query = shellWord(`SELECT * FROM ${quotedName(pipelines[0]?.name ?? '')} LIMIT 5`)
  print('Look it over, then load what is there, and see the rows:')
  print(`  npx tidemark up --once${option}`)
  print(`  npx tidemark query${option} ${query}`)
}

function lineOf({ name, count, files, partitions, columns }: GuessedPipeline): string {
  const { kind, start } = partitions
  const since = start === undefined ? '' : ` from ${start}`
  return `${name}: ${counted(count, 'file')} as ${files}, ${kind}${since}, ${counted(columns.length, 'column')}`
}
