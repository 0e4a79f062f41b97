const ADDRESS = 'TIDEMARK_TEST_ADDRESS'
const STOP = Symbol.for('tidemark.test.stop')

declare global {
  var [STOP]: (() => Promise<void>) | undefined
}

/** The test processes learn the address from their environment. */
export function stopAfterTests(address: string, stop: () => Promise<void>): void {
  process.env[ADDRESS] = address
  globalThis[STOP] = stop
}

export async function stopTestServer(): Promise<void> {
  await globalThis[STOP]?.()
}

/** Of the server that all tests share. */
export function testServer(): string {
  const address = process.env[ADDRESS]
  if (address === undefined) throw new Error('expected a test server: run the tests with `npm test`')
  return address
}
