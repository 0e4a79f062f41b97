/** A name in SQL, whatever characters it holds. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in SQL, whatever characters it holds. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A path that DuckDB reads as it is: what would be a pattern in it is put into a class of its own. */
export function literalPath(path: string): string {
  return path.replaceAll(/[[*?]/g, '[$&]')
}
