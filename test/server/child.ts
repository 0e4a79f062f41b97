import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Runs a TypeScript program of this folder in a process of its own. */
export function runProgram(name: string, args: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL(name, import.meta.url))
  return spawn(process.execPath, ['--import', 'jiti/register', program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** The next line that it prints; all of what it printed, if it ends before. */
export async function nextLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('expected the output to be piped')
  let text = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return text.trim()
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
