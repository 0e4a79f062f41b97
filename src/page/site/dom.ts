export type Child = Node | string | number | null | undefined | false | readonly Child[]

type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>

/** Names and texts from files may hold anything. What cannot be seen, or turns the direction of what follows, is shown as an escape. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** An element. Texts become text nodes and nothing else: there is no way from here to markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    element.setAttribute(name, value === true ? '' : String(value))
  }
  append(element, children)
  return element
}

function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue
    if (isList(child)) append(parent, child)
    else if (child instanceof Node) parent.append(child)
    else parent.append(document.createTextNode(visible(String(child))))
  }
}

function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child)
}

/** Puts new content in, unless it looks the same; what had the focus has it again, by its id. */
export function show(parent: Element, ...children: readonly Child[]): void {
  const made = h('div', {}, ...children)
  const before = [...parent.childNodes]
  const after = [...made.childNodes]
  if (before.length === after.length && before.every((node, at) => node.isEqualNode(after[at] ?? null))) return
  const focused = document.activeElement?.id
  for (const [at, node] of after.entries()) {
    const old = before[at]
    if (old === undefined) parent.append(node)
    else if (!old.isEqualNode(node)) old.replaceWith(node)
  }
  for (const old of before.slice(after.length)) old.remove()
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true })
}

export function table(
  heads: readonly string[],
  rows: readonly (readonly Child[])[],
  numbers: readonly number[] = [],
): HTMLElement {
  const kind = (at: number) => (numbers.includes(at) ? { class: 'number' } : {})
  return h(
    'div',
    { class: 'scroll' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((head, at) => h('th', { scope: 'col', ...kind(at) }, head)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((cells) =>
          h(
            'tr',
            {},
            cells.map((cell, at) => h('td', kind(at), cell)),
          ),
        ),
      ),
    ),
  )
}
