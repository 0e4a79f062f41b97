import { counted } from '../counted.ts'
import { commandLine } from './command-line.ts'
import { oneLine } from './output.ts'
import type { Survey } from './survey.ts'

export function isWell({ held, unsettled, retrying, owed, missing, sourceError }: Survey): boolean {
  const left = unsettled + retrying.length + owed.length + missing.length
  return held === 0 && left === 0 && sourceError === null
}

export const pausedText = (pipeline: string, config?: string | undefined) =>
  `the sensor is paused; \`${commandLine(['sensor', 'resume', pipeline], config)}\` goes on`

const LISTED = 5

interface SurveyShown {
  /** How its sensor is. */
  readonly sensor?: string | undefined
  /** As it was named, for the commands that are said. */
  readonly config?: string | undefined
}

/** How a pipeline is, for people: a line with counts, then a line for each thing that is not well. */
export function surveyLines(survey: Survey, paused: boolean, { sensor, config }: SurveyShown = {}): string[] {
  const { pipeline, loaded, rows, held, ignored, unsettled, unsettledPaths, waiting, retrying, owed, missing, sourceError } =
    survey
  const counts = [
    `${counted(loaded, 'file')} loaded (${counted(rows, 'row')})`,
    `${held} held`,
    ...(ignored === 0 ? [] : [`${ignored} ignored`]),
    `${unsettled} unsettled`,
    `${retrying.length} retrying`,
    ...(owed.length === 0 ? [] : [`${owed.length} to move or delete`]),
    `${missing.length} missing`,
  ]
  const lines = [`${pipeline}: ${counts.join(', ')}${sensor === undefined ? '' : `; sensor ${sensor}`}`]
  if (sourceError !== null) lines.push(`  source: ${sourceError}`)
  if (paused) lines.push(`  ${pausedText(pipeline, config)}`)
  if (held > 0) {
    const [files, explain] = [commandLine(['files', pipeline], config), commandLine(['explain', 'FILE'], config)]
    lines.push(`  held: \`${files}\` lists them, \`${explain}\` says why`)
  }
  const reasons = new Map(waiting.map(({ path, reason }) => [path, reason]))
  for (const path of unsettledPaths.slice(0, LISTED)) {
    const reason = reasons.get(path)
    lines.push(`  unsettled: ${path}${reason === undefined ? '' : `: ${reason}`}`)
  }
  for (const { key, tries, error, notBefore } of retrying.slice(0, LISTED)) {
    lines.push(`  retrying: ${key} failed ${tries} times (${error}); next try ${notBefore.toISOString()}`)
  }
  for (const { path, error } of owed.slice(0, LISTED))
    lines.push(`  to move or delete: ${path}: ${error ?? 'its rows are loaded; the next load does it'}`)
  if (missing.length > 0) lines.push(`  missing: ${missing.slice(0, LISTED).join(', ')}${missing.length > LISTED ? ', …' : ''}`)
  return lines.map(oneLine)
}
