import { takePort } from '../server/free-port.ts'

/** Ports that are free now, each another one. */
export async function freePorts(count: number): Promise<number[]> {
  const taken = await Promise.all(Array.from({ length: count }, takePort))
  await Promise.all(taken.map(({ release }) => release()))
  return taken.map(({ port }) => port)
}
