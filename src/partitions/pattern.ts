/** One part of a path pattern, between two slashes. */
export interface Segment {
  /** The only name that this part can be, when it has no wildcard. */
  readonly literal?: string
  /** `**`: any number of folders. */
  readonly deep: boolean
  matches(name: string): boolean
}

/** A glob with one `{partition}`, or with `{yyyy}`, `{MM}`, `{dd}`, `{HH}`. */
export interface Pattern {
  readonly files: string
  readonly segments: readonly Segment[]
  /** The partition key in a path; undefined when the path does not match. */
  keyOf(path: string): string | undefined
  /** The same pattern with the key filled in, so that a listing looks only where that partition can be. */
  narrow(key: string): Pattern
}
