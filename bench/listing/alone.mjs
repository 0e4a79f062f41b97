// The fastest plain listing that each client library does by itself: all of a place, its largest pages, nothing looked at.
import { lstatSync, readdirSync } from 'node:fs'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { Client } from 'basic-ftp'
import ssh2 from 'ssh2'

export function localAlone(folder) {
  return {
    list: async () => {
      const names = readdirSync(folder)
      for (const name of names) lstatSync(`${folder}/${name}`, { bigint: true })
      return names.length
    },
  }
}

export async function s3Alone({ client }, prefix) {
  return {
    list: async () => {
      let listed = 0
      for (let token; ; ) {
        const page = await client.send(new ListObjectsV2Command({ Bucket: 'files', Prefix: prefix, ContinuationToken: token }))
        listed += page.Contents?.length ?? 0
        if (!page.IsTruncated) return listed
        token = page.NextContinuationToken
      }
    },
  }
}

export async function azureAlone({ client }, prefix) {
  return {
    list: async () => {
      let listed = 0
      for await (const { segment } of client.listBlobsFlat({ prefix }).byPage({ maxPageSize: 5_000 }))
        listed += segment.blobItems.length
      return listed
    },
  }
}

export async function gcsAlone({ client }, prefix) {
  return {
    list: async () => {
      let listed = 0
      for (let query = { prefix, maxResults: 1_000, autoPaginate: false }; query; ) {
        const [files, next] = await client.getFiles(query)
        listed += files.length
        query = next
      }
      return listed
    },
  }
}

export async function sftpAlone({ server }, folder) {
  const client = new ssh2.Client()
  await new Promise((resolve, reject) => {
    client.once('ready', resolve).once('error', reject)
    const login = { username: server.user.name, privateKey: server.userKey.private }
    client.connect({ host: '127.0.0.1', port: server.port, ...login })
  })
  client.setNoDelay(true)
  const sftp = await answerOf((answer) => client.sftp(answer))
  return {
    list: async () => (await answerOf((answer) => sftp.readdir(folder, answer))).length,
    end: () => client.end(),
  }
}

export async function ftpAlone({ server }, folder) {
  const client = new Client()
  await client.access({ host: '127.0.0.1', port: server.port, user: server.user, password: server.password })
  await client.cd(folder.slice(server.files.length))
  return { list: async () => (await client.list()).length, end: () => client.close() }
}

function answerOf(ask) {
  return new Promise((resolve, reject) => ask((error, answer) => (error ? reject(error) : resolve(answer))))
}
