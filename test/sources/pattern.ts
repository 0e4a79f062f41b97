import type { Pattern, Segment } from '../../src/partitions/pattern.ts'

export function patternOf(files: string): Pattern {
  const key = '{partition}'
  const source = (glob: string) =>
    glob
      .split(/(\{partition\}|\*)/)
      .map((part) => (part === key ? '([^/]+)' : part === '*' ? '[^/.][^/]*' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
      .join('')
  const segments = files.split('/').map((glob): Segment => {
    const deep = glob === '**'
    const literal = /[*{]/.test(glob) ? {} : { literal: glob }
    const regex = new RegExp(`^${source(glob)}$`, 's')
    return { deep, ...literal, matches: (name) => regex.test(name) }
  })
  const whole = new RegExp(
    `^${files
      .split('/')
      .map((glob, i, all) => (glob === '**' ? '(?:[^/.][^/]*/)*' : source(glob) + (i < all.length - 1 ? '/' : '')))
      .join('')}$`,
    's',
  )
  const keyIn = (path: string) => {
    const match = whole.exec(path)
    return match === null ? undefined : (match[1] ?? '')
  }
  return { files, segments, keyOf: keyIn, narrow: (k) => patternOf(files.replace(key, k)) }
}
