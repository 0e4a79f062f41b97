import { chmod, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { env, sftp } from '../../../src/config/define.ts'
import { Project } from '../../cli/project.ts'
import { freePort } from '../../server/free-port.ts'
import { examined } from '../doctor.ts'
import { OpensshGround, RcloneGround } from './grounds.ts'

let ground: OpensshGround
let byPassword: RcloneGround
beforeAll(async () => {
  ;[ground, byPassword] = await Promise.all([OpensshGround.start(), RcloneGround.start()])
})
afterAll(async () => {
  await ground[Symbol.asyncDispose]()
  await byPassword[Symbol.asyncDispose]()
})

test('doctor tells each mistake with a server and what to do about it, ends at once, and tells no secret', async () => {
  await ground.files.put('in/2018-01-22.csv', 'price\n1\n')
  await byPassword.files.put('in/2018-01-22.csv', 'price\n1\n')
  const began = performance.now()
  const said = await examined({
    well: ground.input('in'),
    known: byPassword.input('in'),
    folder: ground.input('out'),
    hostKey: ground.input('in', { hostKey: `SHA256:${'A'.repeat(43)}` }),
    unknown: ground.input('in', { hostKey: undefined, knownHosts: 'no-such-file' }),
    password: byPassword.input('in', { wrong: true }),
    unset: ground.input('in', { privateKey: env('DOCTOR_UNSET') }),
    port: sftp(`sftp://user@127.0.0.1:${await freePort()}/in`, { files: '{partition}.csv', password: env('PATH') }),
  })
  // Sessions that nobody uses keep no command from its end.
  expect(performance.now() - began).toBeLessThan(12_000)
  const place = `sftp://${ground.server.user.name}@127.0.0.1:${ground.server.port}`
  expect(said).toEqual({
    well: `ok: ${place}${ground.server.files}/in: 1 files match {partition}.csv`,
    known: `ok: sftp://${byPassword.server.user}@127.0.0.1:${byPassword.server.port}/in: 1 files match {partition}.csv`,
    folder: expect.stringMatching(/^bad: .*got No such file\. Create the folder on the server, or correct the url/),
    hostKey: expect.stringMatching(/^bad: .*to show the host key of `source`, .* got SHA256:.* Ask who runs the server/),
    unknown: expect.stringMatching(/^bad: .*to show a host key that is known, .* write hostKey: 'SHA256:/),
    password: expect.stringMatching(/^bad: .*got a refused login\. Correct the user, and the password or key/),
    unset: expect.stringMatching(/^bad: Expected a private key in the environment variable DOCTOR_UNSET, got nothing/),
    port: expect.stringMatching(/^bad: .*got ECONNREFUSED\. See that its host and port are right/),
  })
  for (const secret of [...ground.secrets, ...byPassword.secrets]) expect(JSON.stringify(said)).not.toContain(secret)
})

test("the user's own ssh config, keys and known hosts are used, as ssh does", async () => {
  const { server } = ground
  await using home = await Project.create('')
  const lines = [
    'Host other',
    '  Port 1',
    'Host partner',
    '  HostName 127.0.0.1',
    `  Port ${server.port}`,
    `  User ${server.user.name}`,
  ]
  await home.write(
    '.ssh/config',
    [...lines, '  IdentityFile ~/.ssh/id_partner', 'Match exec "touch ran"', '  Port 2', ''].join('\n'),
  )
  await home.write('.ssh/id_partner', server.userKey.private)
  await home.write('.ssh/known_hosts', `[127.0.0.1]:${server.port} ${server.hostKey.public}\n`)
  const source = (place: string) => sftp(`${place}${encodeURI(server.files)}/in`, { files: '{partition}.csv' })
  const variables = { HOME: home.folder, SSH_AUTH_SOCK: undefined }
  const sources = { alias: source('sftp://partner'), plain: source(`sftp://${server.user.name}@127.0.0.1:${server.port}`) }
  const said = await examined(sources, variables)
  expect(said).toEqual({
    alias: `ok: sftp://partner${server.files}/in: 1 files match {partition}.csv`,
    plain: expect.stringMatching(/^bad: Expected a way to log in, got none: no agent runs, and there is no key in ~\/\.ssh/),
  })
  await home.write('.ssh/id_ed25519', server.userKey.private)
  expect((await examined(sources, variables)).plain).toMatch(/^ok: /)
})

test('doctor tells what afterLoad may not do, a wrong host, and a server of another kind', async () => {
  await ground.files.put('closed/2018-01-22.csv', 'price\n1\n')
  await ground.files.put('open/2018-01-22.csv', 'price\n1\n')
  const closed = join(ground.server.files, 'closed')
  await chmod(closed, 0o555)
  for (const afterLoad of ['move', 'delete'] as const)
    expect(await examined({ open: ground.input('open'), closed: ground.input('closed') }, {}, afterLoad)).toEqual({
      open: expect.stringMatching(/^ok: .*: 1 files match/),
      closed: expect.stringMatching(
        /^bad: Expected to write in .*, as afterLoad wants, got Permission denied\. Let the user of the login write in it, or set afterLoad/,
      ),
    })
  expect(await readdir(join(ground.server.files, 'open'))).toEqual(['2018-01-22.csv'])
  await chmod(closed, 0o755)
  const other = createServer((socket) => socket.resume().end('220 I speak FTP\r\n'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : 0
  const at = (host: string) => sftp(`sftp://user@${host}/in`, { files: '{partition}.csv', password: env('PATH') })
  const said = await examined({ other: at(`127.0.0.1:${port}`), host: at('no-such-host.invalid') })
  expect(said).toEqual({
    other: expect.stringMatching(/^bad: .*no SSH server/),
    host: expect.stringMatching(/^bad: .*got (ENOTFOUND|EAI_AGAIN)\. See that its host and port are right/),
  })
  await new Promise<void>((resolve) => other.close(() => resolve()))
})
