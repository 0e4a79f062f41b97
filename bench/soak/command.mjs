import { spawn } from 'node:child_process'

/** A line of a stack: an error that nobody turned into words. */
const STACK = /^\s+at .+:\d+:\d+\)?$/m

/** A program that runs: what it has said so far, and its exit code or signal when it has ended. */
export function startCommand(args, onBroken) {
  const env = { ...process.env, NO_COLOR: '1' }
  for (const name of ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'FORCE_COLOR']) delete env[name]
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const run = { child, output: '', code: undefined }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      run.output += text
    })
  }
  child.once('exit', (code, signal) => {
    run.code = code ?? signal
  })
  run.ended = new Promise((resolve) => child.once('close', resolve)).then(() => {
    if (STACK.test(run.output)) onBroken(`\`${args.slice(1).join(' ')}\` broke:\n${run.output}`)
  })
  return run
}
