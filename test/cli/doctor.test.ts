import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '@jest/globals'
import { freePort } from '../server/free-port.ts'
import { configText, Project, pipelineText } from './project.ts'

const HOLD = `
const { DuckDBInstance } = await import('@duckdb/node-api')
globalThis.held = await (await DuckDBInstance.create(process.argv[1])).connect()
console.log('held')
setInterval(() => globalThis.held, 60_000)`

test('a server, a warehouse and a folder that cannot be had: each with what to do, and none hides another', async () => {
  const port = await freePort()
  await using project = await Project.create(configText({ prices: pipelineText('prices') }), { address: `127.0.0.1:${port}` })
  await project.write('.tidemark/note', '')
  const file = project.path('.tidemark/warehouse.duckdb')
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(holder, 'exit')
  try {
    await Promise.race([once(holder.stdout, 'data'), exited])
    const [{ code, stdout, stderr }, poll] = await Promise.all([project.run('doctor'), project.run('sensor', 'poll', 'prices')])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const [server, warehouse, source] = stdout.split('\n')
    expect(server).toMatch(
      new RegExp(`^bad Temporal: no Temporal server answers at 127\\.0\\.0\\.1:${port} .*start one with \`tidemark up\``),
    )
    expect(poll).toEqual({ code: 1, stdout: '', stderr: server?.replace('bad Temporal', 'tidemark').concat('\n') })
    expect(warehouse).toMatch(
      new RegExp(`^bad warehouse: .* is held by process ${holder.pid} \\(.*\\); close it there and try again$`),
    )
    expect(source).toBe(
      `bad source of prices: Expected to read the source's folder ${project.path('prices')}, got ENOENT: no such file or directory. Create the folder, mount what holds it, or correct the folder of \`source\` in the config.`,
    )
  } finally {
    holder.kill('SIGKILL')
    await exited
  }
})
