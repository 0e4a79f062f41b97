/** `unreadable`: its bytes could not be compared. */
export type FindingKind = 'missing' | 'extra' | 'duplicated' | 'changed' | 'unreadable'

export interface Finding {
  readonly kind: FindingKind
  /** Null: rows that do not say which file they are of. */
  readonly path: string | null
  readonly what: string
  /** What a person does about it. */
  readonly mend: string
}

/** Told, but nothing that is wrong. */
export interface Remark {
  readonly path: string
  readonly what: string
}

/** Source × ledger × table. */
export interface Audit {
  readonly pipeline: string
  /** Files whose rows are to be in the table, and the rows that are in it. */
  readonly files: number
  readonly rows: number
  /** Of these files, those that the source does not list any more; their rows stay. */
  readonly gone: number
  /** Left out by `initial`, as they were at the first sweep. */
  readonly ignored: number
  readonly findings: readonly Finding[]
  readonly held: readonly Remark[]
  readonly notes: readonly Remark[]
}
