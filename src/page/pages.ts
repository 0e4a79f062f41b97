export interface Page {
  /** From 1. */
  readonly page: number
  readonly pages: number
  readonly offset: number
}

/** The page that was asked for, or the last one where there are fewer. */
export function pageOf(total: number, asked: number, length: number): Page {
  const pages = Math.max(1, Math.ceil(total / length))
  const page = Math.min(Math.max(1, asked), pages)
  return { page, pages, offset: (page - 1) * length }
}
