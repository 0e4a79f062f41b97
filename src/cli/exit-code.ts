/** Other people's scripts rely on these. */
export const DONE = 0 as const
/** Something is held, failed or missing. */
export const FAILED = 1 as const
export const WRONG_USE = 2 as const

export type ExitCode = typeof DONE | typeof FAILED | typeof WRONG_USE
export type Done = (code: ExitCode) => void
