import { isUtf8 } from 'node:buffer'

/** A name as text. Where its bytes are not UTF-8, all but plain ASCII becomes `\xNN`: readable, and no byte is lost. */
export function textOf(name: Buffer): string {
  if (isUtf8(name)) return name.toString('utf8')
  return name.toString('latin1').replace(/[^\x20-\x7e]|\\/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** The bytes behind a text that `textOf` escaped; undefined when the text can only be meant as it stands. */
export function escapedBytesOf(text: string): Buffer | undefined {
  // An escaped name is plain ASCII; a path may hold other, well-formed names beside it, so those keep their UTF-8.
  const bytes = Buffer.concat(
    text
      .split(/(\\x[0-9a-f]{2})/)
      .map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(2), 'hex') : Buffer.from(part, 'utf8'))),
  )
  return isUtf8(bytes) ? undefined : bytes
}

export function join(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, SLASH, name])
}

const SLASH = Buffer.from('/')
