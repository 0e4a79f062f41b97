/** A program for tests: starts the embedded server, says where, and stays until it is killed. */
import { startServer } from '../../src/server/server.ts'

const [, , stateFolder = '', port, uiPort] = process.argv
const server = await startServer({ stateFolder, namespace: 'default', port: Number(port), uiPort: Number(uiPort) })
console.log(JSON.stringify({ address: server.address, pid: server.pid }))
setInterval(() => {}, 60_000)
