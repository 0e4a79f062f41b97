import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { type Backfill, backfillOf, openBackfills } from '../client/backfill.ts'
import type { Config } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { shellWord } from '../shell-word.ts'
import { type Asked, progressLine, resultLines } from './backfill-lines.ts'
import type { BackfillOptions } from './backfill-request.ts'
import { commandLine } from './command-line.ts'
import { DONE, type ExitCode } from './exit-code.ts'
import { print, printJson } from './output.ts'
import { connectFor } from './server-address.ts'

const ACTIONS = ['progress', 'pause', 'resume', 'cancel'] as const
export type Steering = (typeof ACTIONS)[number]

/** What starts a backfill, and cannot be changed of one that is open. */
const OF_A_START = ['from', 'to', 'partition', 'only', 'newestFirst', 'singleRun', 'dryRun', 'detach'] as const

/** @throws TidemarkError UsageError */
export function steerAsked(options: BackfillOptions): Steering | undefined {
  const [action, other] = ACTIONS.filter((name) => options[name])
  if (action === undefined) return undefined
  const start = OF_A_START.find((name) => options[name] !== undefined)
  if (other !== undefined || start !== undefined) {
    throw new TidemarkError(
      'UsageError',
      `--${action} is for a backfill that is open, and stands alone, or with --name; got ${flagOf(other ?? start ?? '')} as well`,
    )
  }
  return action
}

export async function steer(
  config: Config,
  pipeline: string,
  action: Steering,
  { name, json, config: file }: BackfillOptions,
): Promise<ExitCode> {
  await using connected = await connectFor(config)
  const backfill = backfillOf(connected.client, pipeline, name ?? (await theOpenOne(connected.client, pipeline)))
  try {
    await ACT[action]({ pipeline, config: file }, backfill, json ?? false)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
    const open = await openBackfills(connected.client, pipeline)
    throw new TidemarkError('UsageError', `no backfill ${backfill.name} of ${pipeline} is open; ${openOnes(open)}`)
  }
  return DONE
}

type Steered = Pick<Asked, 'pipeline' | 'config'>

const ACT: Readonly<Record<Steering, (of: Steered, backfill: Backfill, json: boolean) => Promise<void>>> = {
  async progress(of, backfill, json) {
    const { pipeline } = of
    const progress = await backfill.progress()
    if (json) printJson({ pipeline, name: backfill.name, ...progress })
    else if (progress.state === 'done') for (const line of resultLines(of, progress)) print(line)
    else print(progressLine(pipeline, progress))
  },
  async pause({ pipeline, config }, backfill) {
    await backfill.pause()
    print(
      `${pipeline}: ${backfill.name} is paused; \`${commandLine(['backfill', pipeline, '--resume', '--name', backfill.name], config)}\` goes on`,
    )
  },
  async resume({ pipeline }, backfill) {
    await backfill.resume()
    print(`${pipeline}: ${backfill.name} goes on`)
  },
  async cancel({ pipeline }, backfill) {
    await backfill.cancel()
    await backfill.result().catch(() => undefined) // how it ended is what was asked for
    print(`${pipeline}: ${backfill.name} is cancelled; what it has loaded stays`)
  },
}

async function theOpenOne(client: Client, pipeline: string): Promise<string> {
  const open = await openBackfills(client, pipeline)
  const [only, another] = open
  if (only !== undefined && another === undefined) return only
  const what = only === undefined ? `no backfill of ${pipeline} is open` : `several backfills of ${pipeline} are open`
  throw new TidemarkError('UsageError', `${what}; ${openOnes(open)}`)
}

function openOnes(open: readonly string[]): string {
  return open.length === 0
    ? '`tidemark status` says what is loaded, and what is not'
    : `name one with --name: ${open.map(shellWord).join(', ')}`
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
