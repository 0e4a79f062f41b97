import { once } from 'node:events'
import { createServer } from 'node:http2'
import { expect, test } from '@jest/globals'
import { connect } from '../../src/client/connect.ts'

/** Codes of gRPC. What is not there needs not be asked for again. */
const UNIMPLEMENTED = 12
const UNAVAILABLE = 14
const CALLS = 5

test('a connection that is closed between two tries of a call ends the call, not the process', async () => {
  const server = createServer()
  let tries = 0
  const triedAgain = new Promise<void>((resolve) => {
    server.on('stream', (stream, { ':path': path }) => {
      const isCall = path?.endsWith('/DescribeWorkflowExecution')
      if (isCall && ++tries > CALLS) resolve()
      const status = isCall ? UNAVAILABLE : UNIMPLEMENTED
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': status }, { endStream: true })
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  try {
    const connected = await connect({ address: `127.0.0.1:${address.port}` })
    const calls = Array.from({ length: CALLS }, () => connected.client.workflow.getHandle('any').describe())
    const ends = Promise.allSettled(calls)
    // One of them is; the others pause.
    await triedAgain
    await connected[Symbol.asyncDispose]()
    for (const end of await ends)
      expect(end).toMatchObject({
        status: 'rejected',
        reason: expect.objectContaining({ message: 'Failed to describe workflow' }),
      })
  } finally {
    server.close()
  }
})
