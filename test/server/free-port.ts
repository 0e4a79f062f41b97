import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below those that the system gives to connections: one of these would keep a server from its port that is about to start. */
const FIRST = 12_000
const LAST = 32_000

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1)
  return port
}

/** Ports that are free now, each another one. */
export async function freePorts(count: number): Promise<number[]> {
  const taken = await Promise.all(Array.from({ length: count }, takeAny))
  await Promise.all(taken.map(({ release }) => release()))
  return taken.map(({ port }) => port)
}

/** A port that is taken until it is released: any, unless it is named. */
export async function takePort(named?: number): Promise<TakenPort> {
  return named === undefined ? takeAny() : take(named)
}

interface TakenPort {
  readonly port: number
  release(): Promise<void>
}

async function takeAny(): Promise<TakenPort> {
  for (;;) {
    const taken = await take(randomInt(FIRST, LAST)).catch(() => undefined)
    if (taken !== undefined) return taken
  }
}

async function take(port: number): Promise<TakenPort> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return { port, release: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}
