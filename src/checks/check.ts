/** A rule that the rows of a file must meet. A blocking one holds the file; the others only record what they found. */
export type Check = (
  | { readonly kind: 'above'; readonly column: string; readonly limit: number }
  | { readonly kind: 'between'; readonly column: string; readonly min: number | string; readonly max: number | string }
  | { readonly kind: 'notNull'; readonly column: string }
  | { readonly kind: 'unique'; readonly columns: readonly string[] }
  | { readonly kind: 'rowCount'; readonly min?: number | undefined; readonly max?: number | undefined }
  | { readonly kind: 'oneOf'; readonly column: string; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'sql'; readonly name: string; readonly query: string }
) & { readonly blocking: boolean }

/** What a check found in one file. The sample holds rows of data: it goes to the warehouse and nowhere else. */
export interface CheckResult {
  /** How the check reads in messages, such as `above(share_price, 0)`. */
  readonly check: string
  readonly blocking: boolean
  readonly passed: boolean
  /** How many rows fail; for `rowCount`, the number of rows that were found when it fails, else 0. */
  readonly failed: number
  /** The first few rows that fail. */
  readonly sample: readonly Readonly<Record<string, unknown>>[]
}
