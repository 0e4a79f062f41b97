import { createServer } from 'node:net'

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const { port, release } = await takePort()
  await release()
  return port
}

/** A port that is taken until it is released. */
export async function takePort(): Promise<{ readonly port: number; release(): Promise<void> }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const release = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { port: address.port, release }
}
