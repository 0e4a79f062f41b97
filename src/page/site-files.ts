import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

/** The page's own files: these and no others. Scripts are what the build makes of the TypeScript beside it. */
const SITE = join(packageRoot(), 'dist', 'src', 'page', 'site')
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}
const NAME = /^\/([a-z]+(?:-[a-z]+)*\.(html|css|js|svg))$/

export interface SiteFile {
  readonly content: string
  readonly type: string
}

export async function siteFile(path: string): Promise<SiteFile | undefined> {
  const [, name, ending] = NAME.exec(path === '/' ? '/index.html' : path) ?? []
  const type = TYPES[ending ?? '']
  if (name === undefined || type === undefined) return undefined
  try {
    return { content: await readFile(join(SITE, name), 'utf8'), type }
  } catch {
    return undefined
  }
}
