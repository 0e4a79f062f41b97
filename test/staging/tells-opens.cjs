// For tests: each `.csv` that a process opens to read is noted, by its path, in the file that OPENS names.
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const { open } = fs.promises
fs.promises.open = (path, flags, ...rest) => {
  const reads = typeof flags === 'number' && (flags & fs.constants.O_ACCMODE) === fs.constants.O_RDONLY
  if (reads && String(path).endsWith('.csv')) fs.appendFileSync(process.env.OPENS, `${path}\n`)
  return open(path, flags, ...rest)
}
syncBuiltinESMExports()
