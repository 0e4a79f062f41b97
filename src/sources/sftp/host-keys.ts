import { createHash, createHmac } from 'node:crypto'

export interface KnownKeys {
  /** Base64, as in the file. */
  readonly trusted: readonly { readonly type: string; readonly key: string }[]
  readonly revoked: readonly string[]
}

/** The keys of one host in the text of a `known_hosts` file, as sshd(8) describes it. Certificate authorities are not used. */
export function knownKeys(text: string, host: string, port: number): KnownKeys {
  const trusted: { type: string; key: string }[] = []
  const revoked: string[] = []
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/)
    const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined
    const [names = '', type, key] = fields
    if (names === '' || names.startsWith('#') || type === undefined || key === undefined) continue
    if (!isOf(names, port === 22 ? host : `[${host}]:${port}`)) continue
    if (marker === '@revoked') revoked.push(key)
    else if (marker === undefined) trusted.push({ type, key })
  }
  return { trusted, revoked }
}

/** As `ssh-keygen -l` prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** The name of its algorithm is the first field of a key. */
export function typeOf(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')
}

function isOf(names: string, host: string): boolean {
  if (names.startsWith('|1|')) {
    const [, , salt = '', hash] = names.split('|')
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest('base64') === hash
  }
  const patterns = names.split(',')
  const matches = (pattern: string) => wildcard(pattern).test(host)
  return (
    patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern)) &&
    !patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)))
  )
}

function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i')
}
