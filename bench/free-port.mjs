import { createServer } from 'node:net'

/** Below those that the system gives to connections: one that is free now stays so while its server is away. */
const LOWEST = 15_000
const HIGHEST = 30_000

/** A port of this machine that is free now. */
export async function freePort() {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    const probe = createServer()
    const listens = await new Promise((resolve) => {
      probe.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!listens) continue
    await new Promise((resolve) => probe.close(resolve))
    return port
  }
}
