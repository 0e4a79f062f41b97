import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tar from 'tar'
import { SMALL_CLI, writeProgram } from './temporary.ts'

export interface DownloadSite {
  readonly url: string
  readonly asked: string[]
  close(): Promise<void>
}

/** Answers as Temporal's download address does: first with where the archive is, then with the archive. */
export async function openDownloadSite({ cut = 0, program = SMALL_CLI } = {}): Promise<DownloadSite> {
  const archive = await archiveOf(program)
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/archive.tar.gz') return response.end(archive.subarray(0, archive.length - cut))
    return response.end(JSON.stringify({ archiveUrl: `${urlOf(server)}/archive.tar.gz`, fileToExtract: 'temporal' }))
  })
  return { asked, ...(await listening(server)) }
}

/** Takes connections, and never answers. */
export function openSilentSite(): Promise<{ url: string; close(): Promise<void> }> {
  return listening(createServer(() => {}))
}

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: urlOf(server), close }
}

function urlOf(server: Server): string {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected the site to listen on a port')
  return `http://127.0.0.1:${address.port}`
}

async function archiveOf(program: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-archive-'))
  try {
    await writeProgram(join(folder, 'temporal'), program)
    await tar.create({ gzip: true, cwd: folder, file: join(folder, 'archive.tar.gz') }, ['temporal'])
    return await readFile(join(folder, 'archive.tar.gz'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
