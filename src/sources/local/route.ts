import type { Segment } from '../../partitions/pattern.ts'
import { isPlainName } from '../relative-path.ts'

/** How far into a pattern's segments a folder is. With `**` that can be several places at once, so each folder is entered once. */
export type Route = readonly number[]

export function startOf(segments: readonly Segment[]): Route {
  return spread(segments, [0])
}

/** The only names that can lead on, so that the folder need not be read; undefined when there is a wildcard. */
export function onlyNames(segments: readonly Segment[], route: Route): string[] | undefined {
  const names = new Set<string>()
  for (const at of route) {
    const literal = segments[at]?.literal
    if (literal === undefined) return undefined
    if (isPlainName(literal)) names.add(literal)
  }
  return [...names]
}

/** Can a file of that name in this folder match? */
export function endsHere(segments: readonly Segment[], route: Route, name: string): boolean {
  const last = segments.length - 1
  return route.includes(last) && segments[last]?.matches(name) === true
}

/** Where in the pattern the subfolder of that name is; empty when it need not be entered. */
export function into(segments: readonly Segment[], route: Route, name: string): Route {
  const next: number[] = []
  for (const at of route) {
    const segment = segments[at]
    const then = segment?.deep ? at : at + 1
    // Most names are those of files, in a folder where the pattern ends.
    if (then < segments.length && segment?.matches(name)) next.push(then)
  }
  return next.length === 0 ? next : spread(segments, next)
}

/** `**` also stands for no folder at all. */
function spread(segments: readonly Segment[], route: Route): Route {
  const all = new Set<number>()
  for (let at of route) {
    all.add(at)
    while (segments[at]?.deep && at + 1 < segments.length) all.add(++at)
  }
  return [...all]
}
