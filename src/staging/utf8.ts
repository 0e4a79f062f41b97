import { isUtf8 } from 'node:buffer'

/** Passes on whole characters only, whatever way the bytes are cut into chunks. */
export class Utf8Verifier {
  #left: Buffer = Buffer.alloc(0)
  #offset = 0

  /** The characters that are whole by now; `brokenAt`: the offset in the file of the first byte that is not UTF-8. */
  push(chunk: Buffer): { readonly text: Buffer; readonly brokenAt?: number } {
    const bytes = this.#left.length === 0 ? chunk : Buffer.concat([this.#left, chunk])
    const whole = wholeCharacters(bytes, bytes.length)
    const text = bytes.subarray(0, whole)
    if (!isUtf8(text)) return this.#broken(bytes, whole)
    this.#left = bytes.subarray(whole)
    this.#offset += whole
    return { text }
  }

  /** The offset of a last character that is cut short. */
  end(): number | undefined {
    return this.#left.length === 0 ? undefined : this.#offset
  }

  #broken(bytes: Buffer, length: number): { readonly text: Buffer; readonly brokenAt: number } {
    let good = 0
    let bad = length
    while (bad - good > 1) {
      const middle = (good + bad) >> 1
      if (isUtf8(bytes.subarray(0, wholeCharacters(bytes, middle)))) good = middle
      else bad = middle
    }
    const start = wholeCharacters(bytes, good)
    return { text: bytes.subarray(0, start), brokenAt: this.#offset + start }
  }
}

/** How many of the first `length` bytes end with a whole character: at most three bytes of a cut one are left out. */
function wholeCharacters(bytes: Buffer, length: number): number {
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] ?? 0
    if (byte < 0x80) return length
    if (byte >= 0xc0) return bytesOfCharacter(byte) > back ? length - back : length
  }
  return length
}

function bytesOfCharacter(lead: number): number {
  if (lead >= 0xf0) return 4
  return lead >= 0xe0 ? 3 : 2
}
