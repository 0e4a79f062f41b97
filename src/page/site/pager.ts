import { type Child, h } from './dom.ts'
import { link, type Place } from './place.ts'
import { number } from './words.ts'

interface Paged {
  readonly page: number
  readonly pages: number
}

export function pager({ page, pages }: Paged, place: Place): Child {
  if (pages < 2) return null
  const step = (to: number, id: string, name: string) =>
    h('button', { id, type: 'button', disabled: to < 1 || to > pages, 'data-go': link({ ...place, page: String(to) }) }, name)
  return [
    step(page - 1, 'page-before', '‹'),
    h('span', { id: 'page' }, `page ${number(page)} of ${number(pages)}`),
    step(page + 1, 'page-after', '›'),
  ]
}
