import type { Command } from 'commander'
import { audit } from '../auditing/audit.ts'
import type { Audit } from '../auditing/finding.ts'
import { loadConfig } from '../config/load.ts'
import { counted } from '../counted.ts'
import { OpenPipelines } from '../loading/open-pipelines.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import { DONE, type Done, FAILED } from './exit-code.ts'
import { type DataOptions, pipelineOf, withData } from './options.ts'
import { oneLine, print, printJson } from './output.ts'
import { paint } from './paint.ts'

export function auditCommand(program: Command, done: Done): void {
  withData(program.command('audit'))
    .description('compares source, ledger and table in full: missing, extra, duplicated, changed')
    .argument('<pipeline>')
    .action(async (name: string, { config: file, json = false }: DataOptions) => {
      const config = await loadConfig(file)
      const { name: pipeline } = pipelineOf(config, name)
      await using warehouse = openForReading(config)
      const result = await audit(new OpenPipelines(config).get(pipeline), warehouse)
      if (json) printJson({ ...result, clean: result.findings.length === 0 })
      else for (const line of auditLines(result)) print(line)
      done(result.findings.length === 0 ? DONE : FAILED)
    })
}

function auditLines({ pipeline, files, rows, gone, ignored, findings, held, notes }: Audit): string[] {
  const inAll = `${counted(files, 'file')}, ${counted(rows, 'row')}${gone === 0 ? '' : `; ${gone} of the files gone from the source, their rows stay`}${ignored === 0 ? '' : `; ${ignored} ignored, as initial says`}`
  return [
    ...findings.flatMap(({ kind, path, what, mend }) => [
      `${paint.red(kind)} ${oneLine(path === null ? what : `${path}: ${what}`)}`,
      `  ${oneLine(mend)}`,
    ]),
    ...held.map(({ path, what }) => `${paint.yellow('held')} ${oneLine(`${path}: ${what}`)}`),
    ...notes.map(({ path, what }) => `note ${oneLine(`${path}: ${what}`)}`),
    findings.length === 0
      ? `${pipeline}: ${paint.green('clean')}: ${inAll}`
      : `${pipeline}: ${paint.red(counted(findings.length, 'finding'))} in ${inAll}`,
  ]
}
