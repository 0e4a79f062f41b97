// For tests: a process that opens a file with `deadly` in its name is gone, as if the kernel had ended it.
const fs = require('node:fs')
const { syncBuiltinESMExports } = require('node:module')

const dieOf = (path) => {
  if (String(path).includes('deadly')) process.kill(process.pid, 'SIGKILL')
}
const { openSync } = fs
const { open } = fs.promises
fs.openSync = (path, ...rest) => {
  dieOf(path)
  return openSync(path, ...rest)
}
fs.promises.open = (path, ...rest) => {
  dieOf(path)
  return open(path, ...rest)
}
syncBuiltinESMExports()
