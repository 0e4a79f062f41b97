/** Days on which nothing is expected. */
export interface DaysOff {
  /** 0 is Sunday, as in a cron. */
  readonly weekdays: readonly number[]
  /** `2018-12-25`, or `12-25` for that day of each year. */
  readonly dates: readonly string[]
}

export const NO_DAYS_OFF: DaysOff = { weekdays: [], dates: [] }

/** Whether a day is one of them. `wall`: local time, in milliseconds as if it were UTC. */
export function dayOffTest({ weekdays, dates }: DaysOff): (wall: number) => boolean {
  if (weekdays.length === 0 && dates.length === 0) return () => false
  const named = new Set(dates)
  return (wall) => {
    const day = new Date(wall)
    if (weekdays.includes(day.getUTCDay())) return true
    if (named.size === 0) return false
    const date = day.toISOString().split('T')[0] ?? ''
    return named.has(date) || named.has(date.slice(-'12-25'.length))
  }
}
