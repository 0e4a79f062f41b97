import { randomBytes } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from '@jest/globals'
import { OwnServer } from '../harness/own-server.ts'
import { FtpServer } from '../servers/pyftpdlib.ts'
import { Reader } from './reader.ts'

/** The file server is elsewhere, by a name that the page has and this machine has not. */
const HOST = 'files.example.com'

function pipeline(port: number): string {
  return `    incoming: {
      source: ftp('ftp://source@127.0.0.1:${port}', { files: '{partition}.csv', settle: '1s', insecure: true, password: env('FTP_PASSWORD') }),
      partitions: dynamic(),
      table: 'incoming',
      columns,
      csv: { dateFormat: '%Y/%m/%d' },
      sensor: { every: '1s' },
    },
`
}

test('rotate a credential', async () => {
  await using ftp = await FtpServer.start()
  await using server = await OwnServer.start()
  const next = randomBytes(12).toString('hex')
  const variables = { TEMPORAL_ADDRESS: server.address, FTP_PASSWORD: ftp.password }
  const typed = { 'read -rs FTP_PASSWORD && export FTP_PASSWORD': next }
  await using reader = await Reader.begin(variables, { typed, hosts: { [HOST]: `127.0.0.1:${ftp.port}` } })
  const put = (name: string) => copyFile(reader.path('data/daily/2018-01-22.csv'), join(ftp.files, name))
  await reader.do({ does: 'add', text: pipeline(ftp.port) })
  const config = await reader.read('tidemark.config.ts')
  await reader.write('tidemark.config.ts', config.replace('dynamic, ', 'dynamic, env, ftp, '))
  await put('2018-01-22.csv')
  await reader.type('npx tidemark up', '…\nloaded incoming 2018-01-22: 8 rows from 2018-01-22.csv\n')
  await ftp.down()
  await ftp.up(next)
  await put('2018-01-23.csv')
  await reader.follow('rotate-a-credential.md')
})
