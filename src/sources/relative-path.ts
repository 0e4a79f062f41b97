/** True for `a/b.csv`; false for what is absolute, climbs out, or no file system can hold. */
export function isRelativePath(path: string): boolean {
  return path.split('/').every(isPlainName)
}

/** False also for `.` and `..`, which a filled-in pattern must not turn into a way out. */
export function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name)
}

/** Why a listed path is never opened; undefined when it is a plain one below the source. */
export function refusedPath(path: string): string | undefined {
  if (isRelativePath(path)) return undefined
  return path.startsWith('/') ? 'a path that is absolute' : 'a path that leads out of the source'
}
