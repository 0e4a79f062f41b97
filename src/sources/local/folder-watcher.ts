import { opendir } from 'node:fs/promises'
import { FSWatcher, type Throttler } from 'chokidar'
import { type DirEntry, ReaddirpStream } from 'readdirp'

const PAGE = 1_000
/** A folder that takes longer to read is large: it is left alone for so many times as long. New files in it are told all the same. */
const LONG_MS = 50
const REST = 20

/**
 * chokidar for folders alone. At each event in a folder it reads that folder again, and looks at each file in it: here it sees only the
 * folders inside, and less often where that takes long. What is new in a folder the event itself has told.
 */
export class FolderWatcher extends FSWatcher {
  readonly #restUntil = new Map<string, number>()

  override _readdirp(root: string, options: ConstructorParameters<typeof ReaddirpStream>[0] = {}): ReaddirpStream | undefined {
    if (this.closed) return undefined
    const folders = new FoldersOnly({ ...options, root, type: 'directories', alwaysStat: true, lstat: true, depth: 0 })
    this._streams.add(folders)
    folders.once('close', () => this._streams.delete(folders))
    return folders
  }

  override _throttle(...[action, path, timeout]: Parameters<FSWatcher['_throttle']>): Throttler | false {
    if (action !== 'readdir') return super._throttle(action, path, timeout)
    const began = performance.now()
    if (began < (this.#restUntil.get(path) ?? 0)) return false
    const throttler = super._throttle(action, path, timeout)
    if (!throttler) return false
    const read = () => {
      const now = performance.now()
      if (now - began > LONG_MS) this.#restUntil.set(path, now + REST * (now - began))
      return throttler.clear()
    }
    return { timeoutObject: throttler.timeoutObject, count: throttler.count, clear: read }
  }
}

class FoldersOnly extends ReaddirpStream {
  override async _exploreDir(path: string, depth: number): Promise<DirEntry> {
    try {
      const files: string[] = []
      for await (const entry of await opendir(path, { bufferSize: PAGE })) if (entry.isDirectory()) files.push(entry.name)
      return { files, depth, path }
    } catch (error) {
      this._onError(error instanceof Error ? error : new Error(String(error)))
      return { files: undefined, depth, path }
    }
  }
}
