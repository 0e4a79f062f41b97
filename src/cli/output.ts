export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** What steers a terminal, breaks a line, or turns the direction of what follows, so that a name looks like another one. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** Names and texts from files may hold anything: what is not to be seen is shown as an escape. */
export function oneLine(text: string): string {
  return text.replaceAll(UNSEEN, (char) => {
    const escaped = JSON.stringify(char).slice(1, -1)
    return escaped === char ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped
  })
}
