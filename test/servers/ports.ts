import { randomInt } from 'node:crypto'
import { takePort } from '../server/free-port.ts'

/** Below those that the system gives to outgoing connections: one of these would keep a server that is started again from its port. */
const FIRST = 12_000
const LAST = 32_000

/** Ports that are free now, each another one. */
export async function freePorts(count: number): Promise<number[]> {
  const taken = await Promise.all(Array.from({ length: count }, takeAny))
  await Promise.all(taken.map(({ release }) => release()))
  return taken.map(({ port }) => port)
}

async function takeAny() {
  for (;;) {
    const taken = await takePort(randomInt(FIRST, LAST)).catch(() => undefined)
    if (taken !== undefined) return taken
  }
}
