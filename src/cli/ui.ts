import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { ownSource } from '../page/own-source.ts'
import { DEFAULT_PAGE_PORT, pageOn } from '../page/page-server.ts'
import { DONE, type Done } from './exit-code.ts'
import { type ConfigOption, portNumber, withConfig } from './options.ts'
import { print } from './output.ts'
import { paint } from './paint.ts'
import { serverOf } from './server-address.ts'
import { untilStopped } from './until-stopped.ts'

interface UiOptions extends ConfigOption {
  readonly pagePort?: number
}

export function uiCommand(program: Command, done: Done): void {
  withConfig(program.command('ui'))
    .description('a page that shows how everything is, for a browser on this machine; it only reads')
    .option('--page-port <number>', `its port; ${DEFAULT_PAGE_PORT} by default`, portNumber)
    .action(async ({ config: file, pagePort }: UiOptions) => {
      const config = await loadConfig(file)
      const stopped = untilStopped()
      const source = ownSource(config, () => serverOf(config))
      await using page = await pageOn(source, pagePort)
      print(`the page is at ${paint.cyan(page.url)}; Ctrl-C stops`)
      await stopped
      done(DONE)
    })
}
