/** What is looked at: it is the address after the `#`, so that it can be kept, sent and gone back to. */
export interface Place {
  readonly pipeline?: string | undefined
  readonly key?: string | undefined
  readonly path?: string | undefined
  readonly year?: string | undefined
  readonly state?: string | undefined
  readonly within?: string | undefined
  readonly text?: string | undefined
  readonly page?: string | undefined
}

const FIELDS = ['pipeline', 'key', 'path', 'year', 'state', 'within', 'text', 'page'] as const

export function placeNow(): Place {
  const asked = new URLSearchParams(location.hash.slice(1))
  return Object.fromEntries(FIELDS.flatMap((field) => (asked.get(field) === null ? [] : [[field, asked.get(field)]])))
}

export function link(place: Place): string {
  return `#${queryOf(place)}`
}

export function queryOf(place: Place): string {
  const query = new URLSearchParams()
  for (const field of FIELDS) {
    const value = place[field]
    if (value !== undefined && value !== '') query.set(field, value)
  }
  return query.toString()
}
