import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { env, ftp } from '../../../src/config/define.ts'
import { freePort } from '../../server/free-port.ts'
import { examined } from '../doctor.ts'
import { FtpGround } from './ftp-ground.ts'

let plain: FtpGround
let secure: FtpGround
beforeAll(async () => {
  ;[plain, secure] = await Promise.all([FtpGround.start(), FtpGround.start({ tls: true })])
})
afterAll(async () => {
  await plain[Symbol.asyncDispose]()
  await secure[Symbol.asyncDispose]()
})

test('doctor tells each mistake with a server and what to do about it, ends at once, and tells no secret', async () => {
  for (const ground of [plain, secure]) await ground.files.put('in/2018-01-22.csv', 'price\n1\n')
  const began = performance.now()
  const said = await examined({
    well: plain.input('in'),
    secure: secure.input('in'),
    folder: plain.input('out'),
    password: plain.input('in', { password: plain.wrongPassword }),
    unset: plain.input('in', { password: env('DOCTOR_UNSET') }),
    port: plain.input('in', { port: await freePort() }),
    clear: plain.input('in', { insecure: undefined }),
    stranger: secure.input('in', { ca: undefined }),
    noFile: secure.input('in', { ca: 'no-such-file.pem' }),
    needed: secure.input('in', { ca: undefined, insecure: true }),
  })
  // Logins that nobody uses keep no command from its end.
  expect(performance.now() - began).toBeLessThan(12_000)
  const well = (ground: FtpGround) => `ok: ftp://source@127.0.0.1:${ground.server.port}/in: 1 files match {partition}.csv`
  expect(said).toEqual({
    well: well(plain),
    secure: well(secure),
    folder: expect.stringMatching(/^bad: .*got the answer 550\. Create the folder on the server/),
    password: expect.stringMatching(/^bad: .*got a refused login \(530\)\. Correct the user and the password/),
    unset: expect.stringMatching(/^bad: Expected the password in the environment variable DOCTOR_UNSET, got nothing/),
    port: expect.stringMatching(/^bad: .*got ECONNREFUSED\. See that its host and port are right/),
    clear: expect.stringMatching(/^bad: .*The server knows no TLS: .* write insecure: true\./),
    stranger: expect.stringMatching(/^bad: .*got DEPTH_ZERO_SELF_SIGNED_CERT\. Its certificate is not trusted: write ca: 'FILE'/),
    noFile: expect.stringMatching(/^bad: Expected certificates in .*no-such-file\.pem, got /),
    needed: expect.stringMatching(/^bad: .*got the answer 550\. The server asks for TLS: leave insecure out/),
  })
  for (const secret of [...plain.secrets, ...secure.secrets]) expect(JSON.stringify(said)).not.toContain(secret)
})

test('doctor tells what afterLoad may not do, a right to list that is missing, a wrong protocol and a wrong host', async () => {
  await plain.files.put('after/2018-01-22.csv', 'price\n1\n')
  const sources = { writer: plain.input('after'), reader: plain.input('after', { user: 'source-reader' }) }
  for (const afterLoad of ['move', 'delete'] as const)
    expect(await examined(sources, {}, afterLoad)).toEqual({
      writer: expect.stringMatching(/^ok: .*: 1 files match/),
      reader: expect.stringMatching(
        /^bad: Expected to make a folder in .*, as afterLoad wants, got the answer 550\. Let the user of the login make folders, rename and delete/,
      ),
    })
  expect(await readdir(join(plain.server.files, 'after'))).toEqual(['2018-01-22.csv'])
  const password = env('PATH')
  const said = await examined({
    blind: plain.input('after', { user: 'source-blind' }),
    implicit: ftp(`ftps://source@127.0.0.1:${plain.port}/after`, { files: '{partition}.csv', password }),
    host: ftp('ftp://source@no-such-host.invalid/after', { files: '{partition}.csv', password }),
  })
  expect(said).toEqual({
    blind: expect.stringMatching(/^bad: .*got the answer 550\. .*let the user of the login read it/),
    implicit: expect.stringMatching(/^bad: .*It does not speak TLS as the address says/),
    host: expect.stringMatching(/^bad: .*got (ENOTFOUND|EAI_AGAIN)\. See that its host and port are right/),
  })
})
