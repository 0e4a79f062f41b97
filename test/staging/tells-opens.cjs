// For tests: each `.csv` that a process opens to read is noted, by its path, in the file that OPENS names.
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const { openSync } = fs
const { open } = fs.promises
const tell = (path, flags) => {
  const reads = typeof flags === 'number' && (flags & fs.constants.O_ACCMODE) === fs.constants.O_RDONLY
  if (reads && String(path).endsWith('.csv')) fs.appendFileSync(process.env.OPENS, `${path}\n`)
}
fs.openSync = (path, flags, ...rest) => {
  tell(path, flags)
  return openSync(path, flags, ...rest)
}
fs.promises.open = (path, flags, ...rest) => {
  tell(path, flags)
  return open(path, flags, ...rest)
}
syncBuiltinESMExports()
