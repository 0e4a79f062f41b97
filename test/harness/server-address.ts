/** The test processes, and the end of the run, learn of the server from their environment. */
const ADDRESS = 'TIDEMARK_TEST_ADDRESS'
const STATE_FOLDER = 'TIDEMARK_TEST_STATE_FOLDER'

export function announceTestServer(server: { readonly address: string; readonly stateFolder: string }): void {
  process.env[ADDRESS] = server.address
  process.env[STATE_FOLDER] = server.stateFolder
}

/** Of the server that all tests share. */
export function testServer(): string {
  return announced(ADDRESS)
}

export function testServerState(): string {
  return announced(STATE_FOLDER)
}

function announced(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error('expected a test server: run the tests with `npm test`')
  return value
}
