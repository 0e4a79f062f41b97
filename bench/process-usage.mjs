// What Linux says of a process that runs.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const TICKS_A_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
const field = (pid, name) =>
  Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024

export const memoryOf = (pid) => field(pid, 'VmRSS')
/** Of it what the system has read from programs and libraries, and can drop when it needs the room. */
export const programMemoryOf = (pid) => field(pid, 'RssFile')
/** The most that it has had. */
export const peakMemoryOf = (pid) => field(pid, 'VmHWM')

export function processorSecondsOf(pid) {
  // Behind the name, which may hold blanks, the 12th and 13th are the time in the program and in the system.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}

/** What processes take of the processor while `work` runs, in seconds for each of them. */
export async function processorWhile(pids, work) {
  const before = pids.map(processorSecondsOf)
  const result = await work()
  return { result, processor: pids.map((pid, at) => processorSecondsOf(pid) - before[at]) }
}
