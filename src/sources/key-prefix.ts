import type { Pattern } from '../partitions/pattern.ts'

export interface KeyPrefix {
  /** What every key that matches begins with. */
  readonly prefix: string
  /** Nothing that matches is in a folder below it. */
  readonly flat: boolean
}

/** Where in a store without folders the matches of a pattern can be. */
export function keyPrefixOf({ segments }: Pick<Pattern, 'segments'>): KeyPrefix {
  const folders: string[] = []
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1
    if (last || segment.literal === undefined)
      return { prefix: [...folders, segment.prefix].join('/'), flat: last && !segment.deep }
    folders.push(segment.literal)
  }
  return { prefix: '', flat: false }
}
