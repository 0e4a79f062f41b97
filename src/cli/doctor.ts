import type { Command } from 'commander'
import { loadConfig } from '../config/load.ts'
import { examine, type Finding } from './examination.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { type DataOptions, withData } from './options.ts'
import { oneLine, print, printJson } from './output.ts'
import { paint } from './paint.ts'

export function doctorCommand(program: Command, done: Done): void {
  withData(program.command('doctor'))
    .description('whether Temporal, the warehouse and every source can be reached, and what to do if not')
    .action(async ({ config: file, json = false }: DataOptions) => {
      const findings = await examine(await loadConfig(file))
      if (json) printJson(findings)
      else for (const finding of findings) print(lineOf(finding))
      done(findings.every(({ well }) => well) ? DONE : FAILED)
    })
}

function lineOf({ what, well, text, mend }: Finding): string {
  const line = `${well ? paint.green('ok ') : paint.red('bad')} ${what}: ${oneLine(text)}`
  return mend === undefined ? line : `${line}\n      ${oneLine(mend)}`
}
