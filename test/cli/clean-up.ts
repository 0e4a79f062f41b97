import { connect } from '../../src/client/connect.ts'
import { sensorId } from '../../src/names.ts'
import { testServer } from '../harness/server-address.ts'

/** Ends what commands have started for pipelines on the server that all tests share. */
export async function endOnServer(pipelines: readonly string[]): Promise<void> {
  await using connected = await connect({ address: testServer() })
  const { client } = connected
  for (const pipeline of pipelines) {
    await client.schedule
      .getHandle(pipeline)
      .delete()
      .catch(() => undefined) // it has none
    await client.workflow
      .getHandle(sensorId(pipeline))
      .terminate('the test is over')
      .catch(() => undefined) // it has none
  }
}
