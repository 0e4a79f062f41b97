const LONGEST = 40

/** A name from the words of a glob, or of `folder` where it has none; none of `taken`. */
export function tableName(files: string, folder: string, taken: readonly string[]): string {
  const path = files.replace(/\{,?\.gz\}$|\.gz$/i, '').replace(/\.[^./]+$/, '')
  // Of folders the innermost with a word is nearest to what the rows are.
  const names = path.split('/').map((name) => wordsOf(name.replace(/[A-Za-z]+=/g, '').replace(/\{[^}]*\}|\[.\]/g, ' ')))
  const base = names.findLast((name) => name !== '') ?? (wordsOf(folder) || 'files')
  const name = /^[a-z]/.test(base) ? base : `t_${base}`
  let unique = name
  for (let number = 2; taken.includes(unique); number++) unique = `${name}_${number}`
  return unique
}

function wordsOf(text: string): string {
  const words =
    text
      .normalize('NFKD')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  return words.some((word) => /[a-z]/.test(word)) ? words.join('_').slice(0, LONGEST) : ''
}
