import { readFile } from 'node:fs/promises'

/** The page's own files: these and no others. Scripts are what the build makes of the TypeScript beside it. */
const SITE = new URL('./site/', import.meta.url)
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
    return { content: await readFile(new URL(name, SITE), 'utf8'), type }
  } catch {
    return undefined
  }
}
