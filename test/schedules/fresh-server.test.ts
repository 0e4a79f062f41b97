import { expect, test } from '@jest/globals'
import { SEARCH_ATTRIBUTES } from '../../src/names.ts'
import { startServer } from '../../src/server/server.ts'
import { Workspace } from '../harness/workspace.ts'
import { freePort } from '../server/free-port.ts'
import { Applying } from './applying.ts'

test('registers the search attributes on a server that does not know them, and uses them at once', async () => {
  await using workspace = await Workspace.create()
  const { stateFolder } = workspace.config
  const server = await startServer({ stateFolder, namespace: 'default', port: await freePort(), uiPort: await freePort() })
  try {
    await using applying = await Applying.connect(server.address)
    const registered = async () => {
      const { customAttributes } = await applying.client.connection.operatorService.listSearchAttributes({ namespace: 'default' })
      return SEARCH_ATTRIBUTES.filter(({ name }) => customAttributes?.[name] !== undefined).length
    }
    await applying.apply(workspace.config, { dryRun: true })
    expect(await registered()).toBe(0)
    expect(await applying.apply(workspace.config)).toEqual(['create sensor'])
    expect(await registered()).toBe(SEARCH_ATTRIBUTES.length)
    expect(await applying.apply(workspace.config)).toEqual(['keep sensor'])
  } finally {
    await server.stop()
  }
})
