import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { apply } from '../schedules/apply.ts'
import { DONE, type Done } from './exit-code.ts'
import { identityIfThere, identityOf } from './identity.ts'
import { type DataOptions, withData } from './options.ts'
import { print, printJson } from './output.ts'
import { connectFor } from './server-address.ts'
import { planLines } from './summary.ts'

interface ApplyOptions extends DataOptions {
  readonly dryRun?: boolean
  readonly prune?: boolean
  readonly takeOver?: boolean
}

export function applyCommand(program: Command, done: Done): void {
  withData(program.command('apply'))
    .description('make schedules and sensors be what the config says; what is right, or paused by a person, stays as it is')
    .option('--dry-run', 'print what would change, and change nothing')
    .option('--prune', 'remove those of this warehouse that the config no longer has')
    .option('--take-over', 'replace what another config has under the same names')
    .action(async ({ config: file, json = false, dryRun = false, prune = false, takeOver = false }: ApplyOptions) => {
      const config = await loadConfig(file)
      await using connected = await connectFor(config)
      const planned = await apply({
        client: connected.client,
        config,
        identity: await (dryRun ? identityIfThere(config) : identityOf(config)),
        dryRun,
        prune,
        takeOver,
      })
      if (json) printJson(planned)
      else for (const line of planLines(planned, dryRun)) print(line)
      done(DONE)
    })
}
