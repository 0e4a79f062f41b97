import type { Planned } from '../schedules/plan.ts'

const DONE_TO: Record<Planned['change'], string> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  keep: 'as it was',
  remove: 'removed',
  left: 'left',
}

/** What `apply` did, in a line: the schedules and sensors by name. */
export function summary(planned: readonly Planned[]): string {
  const part = ({ change, kind, pipeline, paused }: Planned) =>
    `${kind} ${pipeline} (${DONE_TO[change]}${paused ? ', paused' : ''})`
  return planned.map(part).join(', ') || 'nothing to apply'
}

/** A line for each, for `apply`. */
export function planLines(planned: readonly Planned[], dryRun: boolean): string[] {
  return planned.map(({ change, kind, pipeline, note }) => {
    const verb = dryRun && change !== 'keep' && change !== 'left' ? `would ${change}` : DONE_TO[change]
    return [verb.padEnd(13), kind.padEnd(8), pipeline, note && `(${note})`].join(' ').trimEnd()
  })
}
