import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startServer } from '../../dist/src/server/server.js'
import { freePort } from '../free-port.mjs'
import { inFolder } from '../ground.mjs'

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

export const name = 'start'
export const sizes = { full: 5, short: 1 }

/** `up --once` on the example, when all of it is loaded. */
export function measure(times) {
  return inFolder(async (folder) => {
    for (const part of ['tidemark.config.ts', 'data']) cpSync(join(ROOT, part), join(folder, part), { recursive: true })
    const up = async () => {
      const began = performance.now()
      const ports = ['--port', String(await freePort()), '--ui-port', String(await freePort())]
      await run(process.execPath, [MAIN, 'up', '--once', ...ports], {
        cwd: folder,
        env: { ...process.env, TEMPORAL_ADDRESS: undefined },
      })
      return performance.now() - began
    }
    await up()
    const ours = []
    const limits = []
    for (let number = 0; number < times; number++) {
      ours.push(await up())
      limits.push(await serverAlone(join(folder, '.tidemark')))
    }
    const above = ours.map((ms, at) => ms - limits[at])
    return [
      { what: '`up --once` with nothing to do', limitIs: "the server's own start and end", ours, limit: limits },
      { what: '`up --once` with nothing to do, beyond the server', ours: above, atMost: 3_000 },
    ]
  })
}

async function serverAlone(stateFolder) {
  const began = performance.now()
  const server = await startServer({ stateFolder, namespace: 'default', port: await freePort(), uiPort: await freePort() })
  await server.stop()
  return performance.now() - began
}
