import { stopTestServer } from './harness/server-address.ts'

export default stopTestServer
