import type { Check } from '../checks/check.ts'
import { messageOf } from '../errors.ts'
import { parseCompanions } from '../partitions/companions.ts'
import { partitionsFault } from '../partitions/partitions-fault.ts'
import { parsePattern } from '../partitions/pattern.ts'
import { CAPABILITIES } from '../sources/capabilities.ts'
import { columnTypeFault } from '../staging/column-types.ts'
import { dialectOf } from '../staging/dialect.ts'
import { initialFaults } from './initial.ts'
import { OWN_PREFIX } from './own-columns.ts'
import type { Pipeline } from './pipeline.ts'

/** What is wrong between the fields of a pipeline, each with its place; `others` are faults that were found elsewhere. */
export function pipelineFaults(pipeline: Pipeline, others: readonly string[]): string[] {
  const faults = [
    ...triggerFaults(pipeline),
    ...columnFaults(pipeline),
    ...checkFaults(pipeline),
    ...pathFaults(pipeline),
    ...initialFaults(pipeline),
    ...wholenessFaults(pipeline),
    ...csvFaults(pipeline),
    ...afterLoadFaults(pipeline),
    ...badContentFaults(pipeline),
    ...others,
  ]
  return faults.map((fault) => `pipelines.${pipeline.name}.${fault}`)
}

function triggerFaults({ source, schedule, sensor, partitions }: Pipeline): string[] {
  if (!schedule && !sensor) return ["schedule: expected a schedule, a sensor or both, such as sensor: { every: '30s' }"]
  if (schedule && partitions.kind === 'dynamic')
    return ['schedule: dynamic partitions have no due time; give the pipeline a sensor']
  if (sensor?.sweepEveryMs !== undefined && !CAPABILITIES[source.kind].resumes)
    return ['sensor.sweepEvery: this source is listed whole at each look, as often as sensor.every says; leave it out']
  if (schedule && schedule.missingAfterMs < schedule.lateAfterMs) return ['schedule.missingAfter: expected at least lateAfter']
  return []
}

function columnFaults({ columns }: Pipeline): string[] {
  const names = Object.keys(columns)
  if (names.length === 0) return ['columns: expected at least one column']
  const seen = new Set<string>()
  return names.flatMap((name) => {
    const where = `columns.${name}`
    const folded = name.trim().toLowerCase()
    if (folded === '') return [`${where}: expected a name`]
    if (folded.startsWith(OWN_PREFIX)) return [`${where}: names that begin with _tidemark_ are ours`]
    if (seen.has(folded)) return [`${where}: differs from another column only in its case`]
    seen.add(folded)
    const fault = columnTypeFault(columns[name] ?? '')
    return fault === undefined ? [] : [`${where}: ${fault}`]
  })
}

function checkFaults({ checks, columns }: Pipeline): string[] {
  return checks.flatMap((check, index) => {
    const named = 'columns' in check ? check.columns : 'column' in check ? [check.column] : []
    const unknown = named
      .filter((column) => !Object.hasOwn(columns, column))
      .map((column) => `'${column}' is not a declared column; expected one of ${Object.keys(columns).join(', ')}`)
    return [...unknown, ...rangeFaults(check)].map((fault) => `checks.${index}: ${fault}`)
  })
}

function rangeFaults(check: Check): string[] {
  if (check.kind !== 'between' && check.kind !== 'rowCount') return []
  const { kind, min, max } = check
  if (min === undefined && max === undefined) return [`${kind}: expected min, max or both`]
  return typeof min === 'number' && typeof max === 'number' && min > max
    ? [`${kind}: expected min to be at most max, got ${min} and ${max}`]
    : []
}

function pathFaults({ source, partitions }: Pick<Pipeline, 'source' | 'partitions'>): string[] {
  const fault = partitionsFault(partitions)
  if (fault !== undefined) return [`partitions.${fault.field}: ${fault.message}`]
  try {
    parsePattern(source.files, partitions)
    return []
  } catch (error) {
    return [`source.files: ${messageOf(error)}`]
  }
}

function badContentFaults({ onBadRows, onSchemaChange, csv }: Pipeline): string[] {
  return [
    ...(onBadRows !== 'hold' && onBadRows.rows === undefined && onBadRows.share === undefined
      ? ['onBadRows.reject: expected rows, share or both, such as { rows: 10 }']
      : []),
    ...(onSchemaChange !== 'freeze' && !csv.header
      ? [`onSchemaChange: '${onSchemaChange}' needs a header to know columns by; set csv.header to true`]
      : []),
  ]
}

function wholenessFaults({ source, partitions, arrival }: Pipeline): string[] {
  const faults: string[] = []
  if (source.done !== undefined && source.manifest !== undefined)
    faults.push('source.manifest: a manifest says which files are whole; leave out done')
  if (arrival?.files !== undefined && arrival.marker !== undefined)
    faults.push('arrival.marker: expected files or marker; leave one out')
  if (arrival && arrival.files === undefined && arrival.marker === undefined && arrival.deadlineMs === undefined)
    faults.push("arrival: expected files, marker or deadline, such as { files: 3, deadline: '2h' }")
  if (pathFaults({ source, partitions }).length > 0) return faults
  try {
    parseCompanions({ ...source, marker: arrival?.marker }, parsePattern(source.files, partitions), partitions)
  } catch (error) {
    faults.push(messageOf(error))
  }
  return faults
}

function afterLoadFaults({ afterLoad, source }: Pipeline): string[] {
  if (afterLoad.kind === 'tag' && !CAPABILITIES[source.kind].tags)
    return ["afterLoad.tag: only object stores have tags; choose 'move' or 'delete'"]
  if (afterLoad.kind !== 'move') return []
  const { to } = afterLoad
  if (to.split('/').some((name) => name === '' || name === '.' || name === '..') || to.includes('\\'))
    return [`afterLoad.move: expected a folder below the source's, such as '_loaded', got '${to}'`]
  return source.files.startsWith(`${to}/`)
    ? [`afterLoad.move: '${to}' is where the files to load are; what was moved there is not looked at, so name another folder`]
    : []
}

function csvFaults({ csv }: Pipeline): string[] {
  try {
    dialectOf(csv)
    return []
  } catch (error) {
    return [messageOf(error)]
  }
}
