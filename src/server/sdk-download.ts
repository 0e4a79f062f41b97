import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as tar from 'tar'
import { z } from 'zod'
import { messageOf } from '../errors.ts'
import { addToCache, CLI_VERSION } from './binary-cache.ts'

/** Where Temporal's own SDKs get the dev server of `TestWorkflowEnvironment.createLocal`, asked as they ask it. */
export const TEMPORAL_DOWNLOADS = 'https://temporal.download'

/** Behind a firewall the connection may hang; there is another place to try. */
const ANSWER_TIMEOUT_MS = 5_000
/** 45 MB over a slow line. */
const DOWNLOAD_TIMEOUT_MS = 300_000

const DownloadInfo = z.object({ archiveUrl: z.string(), fileToExtract: z.string() })

export interface Download {
  readonly cache: string
  readonly downloads: string
  readonly log: (line: string) => void
}

/** The released CLI, put into the cache. */
export async function downloadBinary({ cache, downloads, log }: Download): Promise<string> {
  const { archiveUrl, fileToExtract } = await askWhere(downloads)
  log(`fetching the Temporal server from ${archiveUrl}`)
  return addToCache(cache, async (folder) => {
    const archive = join(folder, 'archive.tar.gz')
    const response = await get(archiveUrl, DOWNLOAD_TIMEOUT_MS)
    if (response.body === null) throw new Error(`${archiveUrl} answered without a body`)
    await pipeline(Readable.fromWeb(response.body), createWriteStream(archive))
    await tar.extract({ file: archive, cwd: folder, strict: true }, [fileToExtract])
    return join(folder, fileToExtract)
  })
}

async function askWhere(downloads: string): Promise<z.infer<typeof DownloadInfo>> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const arch = process.arch === 'x64' ? 'amd64' : process.arch
  const url = new URL(`/cli/v${CLI_VERSION}`, downloads)
  url.search = new URLSearchParams({ arch, platform, format: 'tar.gz' }).toString()
  const response = await get(url.href, ANSWER_TIMEOUT_MS)
  return DownloadInfo.parse(await response.json())
}

async function get(url: string, timeoutMs: number): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  } catch (error) {
    // `fetch failed` says nothing: the reason, such as a name that does not resolve, is its cause.
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new Error(messageOf(reason), { cause: error })
  }
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`)
  return response
}
