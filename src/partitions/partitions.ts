/** Partitions with a window of time each; keys are written by `format` (Luxon tokens) from the window's local start. */
export interface TimePartitions {
  readonly kind: 'hourly' | 'daily' | 'weekly' | 'monthly'
  /** First and last key, both included. */
  readonly start: string
  readonly end?: string | undefined
  readonly timezone: string
  /** How far into its hour, day, week (Monday) or month a window begins, in wall-clock milliseconds; 0 by default. */
  readonly offsetMs: number
  readonly format: string
}

/** A key seen for the first time is a partition. */
export interface DynamicPartitions {
  readonly kind: 'dynamic'
}

export type Partitions = TimePartitions | DynamicPartitions

/** Half open: `start` belongs to it, `end` to the next one. */
export interface Window {
  readonly key: string
  readonly start: Date
  readonly end: Date
}
