/** What Node.js programs that this process starts are given, until it is disposed of. */
export function nodeOptions(options: string): Disposable {
  const before = process.env.NODE_OPTIONS
  process.env.NODE_OPTIONS = options
  return {
    [Symbol.dispose]() {
      if (before === undefined) delete process.env.NODE_OPTIONS
      else process.env.NODE_OPTIONS = before
    },
  }
}
