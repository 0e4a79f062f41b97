/** @throws Error in words for people */
export async function ask<T>(path: string, query = ''): Promise<T> {
  const response = await fetch(`/api/${path}${query === '' ? '' : `?${query}`}`, { headers: { Accept: 'application/json' } })
  const answer: unknown = await response.json()
  if (response.ok) return answer as T
  const said = typeof answer === 'object' && answer !== null && 'error' in answer ? String(answer.error) : response.statusText
  throw new Error(said)
}
