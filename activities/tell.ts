import type { News } from '../src/reporter.ts'
import type { ActivityContext } from './context.ts'

/** Tells people. */
export function tell({ reporter }: ActivityContext) {
  return async (news: News): Promise<void> => reporter.news(news)
}
