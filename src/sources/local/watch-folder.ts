import { relative, sep } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FSWatcher } from 'chokidar'
import { messageOf } from '../../errors.ts'
import type { WatchEvents } from '../source.ts'
import { FolderWatcher } from './folder-watcher.ts'
import { isStillThere, openRoot } from './root.ts'

/** A new folder is read first and watched some milliseconds later; what came in between is found by reading it again. */
const LOOK_AGAIN_MS = 150
/** The system says nothing when a parent of the folder is renamed or its disk goes away. */
const ROOT_CHECK_MS = 1000

/**
 * Watches folders and never files: a watch for each file would use up what the system allows.
 * The system still reports a changed file by name, through its folder.
 */
export async function watchFolder(folder: string, events: WatchEvents): Promise<AsyncDisposable> {
  const root = await openRoot(folder)
  const base = root.real.toString()
  const watcher = new FolderWatcher({
    ignored: (_path, stats) => stats !== undefined && !stats.isDirectory(),
    ignorePermissionErrors: true,
    followSymlinks: false,
    atomic: false,
  })
  watcher.add(base)

  let ended: Promise<void> | undefined
  let ready = false
  let lookAgain: NodeJS.Timeout | undefined
  const newFolders = new Set<string>()
  const rootCheck = setInterval(async () => {
    if (!(await isStillThere(root))) fail(`the folder ${folder} is no longer the one that was watched`)
  }, ROOT_CHECK_MS)
  rootCheck.unref()

  function end(): Promise<void> {
    clearInterval(rootCheck)
    clearTimeout(lookAgain)
    ended ??= close(watcher)
    return ended
  }
  function fail(reason: string): void {
    if (ended !== undefined) return
    end().catch(() => undefined)
    events.failed(reason)
  }

  const started = new Promise<void>((resolve) => {
    watcher.once('ready', resolve).on('error', (error) => {
      fail(messageOf(error))
      resolve()
    })
  })
  watcher.on('raw', (_event, name, details) => {
    if (ended === undefined) events.hint(hintOf(base, details, name))
  })
  watcher.on('unlinkDir', (path) => newFolders.delete(path))
  watcher.on('addDir', (path) => {
    if (!ready || ended !== undefined) return
    newFolders.add(path)
    events.hint()
    lookAgain ??= setTimeout(() => {
      lookAgain = undefined
      watcher.add([...newFolders])
      newFolders.clear()
      events.hint()
    }, LOOK_AGAIN_MS)
  })
  await started
  ready = true
  if (watcher.getWatched()[base] === undefined) fail(`the folder ${folder} could not be watched`)
  return { [Symbol.asyncDispose]: end }
}

async function close(watcher: FSWatcher): Promise<void> {
  // A watch that was set in this very turn is not yet known to the watcher, and would outlive it.
  await nextTurn()
  const closed = watcher.close()
  // Closing takes the listeners away, and a late error without one would end the process.
  watcher.on('error', () => undefined)
  await closed
  await nextTurn()
}

/** Undefined, which means anything, when the system named no file or named it in bytes that are no text. */
function hintOf(base: string, details: unknown, name: string | null): string | undefined {
  if (name === null || name.includes('\ufffd')) return undefined
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return undefined
  if (typeof details.watchedPath !== 'string') return undefined
  const folder = relative(base, details.watchedPath).split(sep)
  if (folder[0] === '..') return undefined
  return [...folder, name].filter((part) => part !== '').join('/')
}
