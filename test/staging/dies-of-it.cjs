// For tests: a process that opens a file with `deadly` in its name is gone, as if the kernel had ended it.
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const { open } = fs.promises
fs.promises.open = (path, ...rest) => {
  if (String(path).includes('deadly')) process.kill(process.pid, 'SIGKILL')
  return open(path, ...rest)
}
syncBuiltinESMExports()
