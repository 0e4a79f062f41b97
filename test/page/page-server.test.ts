import { request } from 'node:http'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from '@jest/globals'
import { ownSource } from '../../src/page/own-source.ts'
import { servePage } from '../../src/page/page-server.ts'
import { testServer } from '../harness/server-address.ts'
import { Loads } from '../warehouse/staged-outcomes.ts'

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

function ask(
  url: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    asked.on('error', reject).end()
  })
}

/** The page of a process of its own over a warehouse with one loaded and one held file, which nobody has open. */
async function served(name = 'tidemark.config.ts') {
  const loads = await Loads.create()
  await loads.load(await loads.good('day', 'SELECT 1 AS n'), loads.held('other', 'bad bytes'))
  await loads.warehouse[Symbol.asyncDispose]()
  const { folder } = loads.workspace
  const config = { ...loads.workspace.config, file: join(folder, name) }
  const source = ownSource(config, async () => ({ address: testServer(), namespace: 'default' }))
  const page = await servePage({ source, port: 0 })
  return {
    url: page.url,
    config,
    pipeline: loads.pipeline.name,
    [Symbol.asyncDispose]: async () => {
      await page[Symbol.asyncDispose]()
      await loads.workspace[Symbol.asyncDispose]()
    },
  }
}

test('it answers reads by this machine’s own name, and nothing else', async () => {
  await using page = await served()
  const port = new URL(page.url).port
  expect((await ask(page.url)).status).toBe(200)
  expect((await ask(page.url, { headers: { host: `localhost:${port}` } })).status).toBe(200)
  for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example:80'])
    expect((await ask(`${page.url}/api/overview`, { headers: { host } })).status).toBe(421)
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) expect((await ask(page.url, { method })).status).toBe(405)
  expect((await ask(`${page.url}/api/overview`, { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
  for (const path of ['/..%2fpackage.json', '/page-data.js', '/site/main.js', '/main.js.map'])
    expect((await ask(page.url + path)).status).toBe(404)
  expect((await ask(`${page.url}/api/calendar?pipeline=%3Cb%3E`)).status).toBe(404)
})

test('the browser is told to take nothing from elsewhere, and to make no markup of a text', async () => {
  await using page = await served()
  const { headers } = await ask(page.url)
  const policy = String(headers['content-security-policy'])
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"])
    expect(policy).toContain(part)
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'x-frame-options': 'DENY' })
  expect(headers['access-control-allow-origin']).toBeUndefined()
})

test('it tells what is held, and lets the warehouse go at once', async () => {
  await using page = await served()
  const { body } = await ask(`${page.url}/api/overview`)
  // Whoever loads gets the file now, without waiting.
  const instance = await DuckDBInstance.create(page.config.warehouse.file)
  instance.closeSync()
  expect(JSON.parse(body).attention).toContainEqual(
    expect.objectContaining({ pipeline: page.pipeline, state: 'held', what: 'other.csv', reason: 'bad bytes' }),
  )
  const partition = JSON.parse((await ask(`${page.url}/api/partition?pipeline=${page.pipeline}&key=day`)).body)
  expect(partition).toMatchObject({
    key: 'day',
    total: 1,
    files: [{ path: 'day.csv', version: 1, rows: 1 }],
    versions: [{ version: 1, rows: 1 }],
  })
})

test('its commands are those to be typed in the folder of the config, which they name where it has a name of its own', async () => {
  const commandsOf = async (page: { readonly url: string; readonly pipeline: string }) => {
    const { body } = await ask(`${page.url}/api/partition?pipeline=${page.pipeline}&key=other`)
    const { commands, files } = JSON.parse(body)
    return [...commands, ...files[0].commands]
  }
  await using usual = await served()
  const typed = [`npx tidemark import ${usual.pipeline} other`, 'npx tidemark explain other.csv', 'npx tidemark retry other.csv']
  expect(await commandsOf(usual)).toEqual(typed)
  await using own = await served("my prices' config.ts")
  const flag = `--config 'my prices'\\'' config.ts'`
  expect(await commandsOf(own)).toEqual(typed.map((command) => `${command.replace(usual.pipeline, own.pipeline)} ${flag}`))
})

test('a port that is taken is told where it was asked for, else another is taken', async () => {
  await using page = await served()
  const port = Number(new URL(page.url).port)
  const source = ownSource(page.config, async () => ({}))
  await expect(servePage({ source, port })).rejects.toThrow(`port ${port}, wanted for the page, is taken`)
  await using other = await servePage({ source, port, orAnother: true })
  expect(other.url).not.toBe(page.url)
})
