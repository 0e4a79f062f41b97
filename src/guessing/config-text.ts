import { counted } from '../counted.ts'
import type { Guess, GuessedCsv, GuessedPipeline } from './guess.ts'

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/
const DEFAULTS: GuessedCsv = {
  delimiter: ',',
  quote: '"',
  escape: '"',
  header: true,
  nullText: [],
  dateFormat: undefined,
  timestampFormat: undefined,
}
const MOST_HELD = 5

/** A config file for what was guessed; `folder` as the config is to write it. */
export function configText({ pipelines }: Guess, folder: string): string {
  const partitions = new Set(pipelines.map((pipeline) => pipeline.partitions.kind))
  const imports = ['defineConfig', 'duckdb', 'localFolder', ...partitions].sort()
  return `import { ${imports.join(', ')} } from 'tidemark'

// Guessed from files by \`tidemark init\`: look at each comment, and change what is not so.
// All options: docs/config.md of Tidemark. \`tidemark doctor\` checks what this file points to.
export default defineConfig({
  warehouse: duckdb('.tidemark/warehouse.duckdb'),
  pipelines: {
${pipelines.map((pipeline) => pipelineText(pipeline, folder)).join('\n')}
  },
})
`
}

function pipelineText(pipeline: GuessedPipeline, folder: string): string {
  const { name, files, partitions, columns, columnsDiffer } = pipeline
  const { kind, start, why } = partitions
  const csv = csvText(pipeline.csv)
  const lines = [
    ...foundLines(pipeline).map((line) => `// ${line}`),
    `${name}: {`,
    `  source: localFolder(${quoted(folder)}, { files: ${quoted(files)} }),`,
    `  partitions: ${kind}(${start === undefined ? '' : `{ start: ${quoted(start)} }`}), // ${why}`,
    `  table: ${quoted(name)},`,
    ...(pipeline.csv.header ? [] : ['  // The files have no header: columns are taken by their position. Give them names.']),
    '  columns: {',
    ...columns.map((column) => `    ${keyText(column.name)}: ${quoted(column.type)}, // ${column.why}`),
    '  },',
    ...(csv === '' ? [] : [`  csv: { ${csv} },`]),
    ...(columnsDiffer ? ["  onSchemaChange: 'addColumns', // some files have columns that others have not"] : []),
    "  sensor: { every: '30s' }, // loads what is dropped into the folder",
    ...(kind === 'dynamic' ? [] : ["  // schedule: { cron: '0 6 * * *' }, // tells also what has not come"]),
    '},',
  ]
  return lines.map((line) => `    ${line}`).join('\n')
}

function foundLines({ count, sampled, cut, held }: GuessedPipeline): string[] {
  const begun = cut === 0 ? '' : `, of ${cut} the beginning`
  const first = `${counted(count, 'file')}; ${sampled === count ? 'all' : sampled} looked at${begun}.`
  const rest = held.length > MOST_HELD ? [`And ${held.length - MOST_HELD} more.`] : []
  return [first, ...held.slice(0, MOST_HELD).map(({ path, reason }) => `Would be held: ${path}: ${reason}`), ...rest].map(plain)
}

/** Only what differs from the defaults. */
function csvText(csv: GuessedCsv): string {
  const parts: string[] = []
  for (const name of ['delimiter', 'quote', 'escape', 'dateFormat', 'timestampFormat'] as const) {
    const value = csv[name]
    if (value !== undefined && value !== DEFAULTS[name]) parts.push(`${name}: ${quoted(value)}`)
  }
  if (!csv.header) parts.push('header: false')
  if (csv.nullText.length > 0) parts.push(`nullText: [${csv.nullText.map(quoted).join(', ')}]`)
  return parts.join(', ')
}

function keyText(name: string): string {
  return IDENTIFIER.test(name) ? name : quoted(name)
}

/** As one writes it here; names of files and columns may hold anything. */
function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${plain(inner)}'`
}

/** Nothing that ends a line, and so a comment. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
