import { expect, test } from '@jest/globals'
import { requireListener } from '../../src/client/no-server.ts'
import { freePort, takePort } from '../server/free-port.ts'

test.each(['127.0.0.1', 'localhost', '[::1]'])('nobody who listens at %s is told at once', async (host) => {
  const address = `${host}:${await freePort()}`
  const begun = performance.now()
  await expect(requireListener({ address })).rejects.toMatchObject({
    code: 'ServerUnavailable',
    message: `no Temporal server answers at ${address} (nobody listens there); start one with \`tidemark up\`, or set TEMPORAL_ADDRESS`,
  })
  // A client tries such a port again for five seconds.
  expect(performance.now() - begun).toBeLessThan(4_000)
})

test('where somebody listens it is for the client to find out who', async () => {
  const { port, release } = await takePort()
  await expect(requireListener({ address: `localhost:${port}` })).resolves.toBeUndefined()
  await release()
})

test('other machines are not asked: what they refuse now may be a network that is just coming up', async () => {
  await expect(requireListener({ address: 'temporal.invalid:7233' })).resolves.toBeUndefined()
  await expect(requireListener({ address: 'unix:/tmp/server' })).resolves.toBeUndefined()
})
