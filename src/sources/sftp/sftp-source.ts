import { posix } from 'node:path'
import type { SftpFolder } from '../../config/sources/sftp.ts'
import { TidemarkError } from '../../errors.ts'
import type { CallCount } from '../call-count.ts'
import { probeName } from '../probe-name.ts'
import { isRelativePath } from '../relative-path.ts'
import type { Source } from '../source.ts'
import { type RenamableFiles, takeByRename } from '../take-by-rename.ts'
import { walkFolders } from '../walk-folders.ts'
import { isAbsent, isDenied, isPlainFailure } from './failures.ts'
import { Folder } from './folder.ts'
import { openFile } from './read-file.ts'

/** Files below a folder of an SFTP server. */
export function sftpSource(config: SftpFolder, calls: CallCount): Omit<Source, 'can' | 'calls'> {
  const folder = new Folder(config, calls)
  return {
    list: (pattern, signal) => walkFolders(folder, pattern, signal),
    stat: (path) => folder.stat(path),
    open: (version) => openFile(folder, version),
    take: async (version, to) => {
      if (!isRelativePath(version.path)) return { state: 'absent' }
      await folder.assertThere()
      return takeByRename(renamable(folder), version, to)
    },
    mayTake: () => mayWrite(folder),
  }
}

/** Moves and deletes change the folder: so does an empty one that is made in it for a moment. */
async function mayWrite(folder: Folder): Promise<void> {
  const at = folder.at(probeName())
  await folder.ask('write in the folder', async (requests) => {
    await requests.mkdir(at).catch((error: unknown) => {
      if (!isDenied(error)) throw error
      throw new TidemarkError(
        'SourceUnavailable',
        `Expected to write in ${folder.place}, as afterLoad wants, got Permission denied. Let the user of the login write in it, or set afterLoad to 'keep'.`,
      )
    })
    await requests.rmdir(at)
  })
}

function renamable(folder: Folder): RenamableFiles {
  const stat = (path: string) => folder.stat(path)
  return {
    stat,
    open: (version) => openFile(folder, version),
    rename: (from, to) =>
      folder.ask(`rename ${from} to ${to}`, async (requests) => {
        // Some servers rename over what is there.
        if ((await folder.statWith(requests, to)) !== undefined) return 'exists'
        try {
          await requests.rename(folder.at(from), folder.at(to))
          return 'done'
        } catch (error) {
          if (isAbsent(error)) return 'absent'
          if (isPlainFailure(error) && (await folder.statWith(requests, to)) !== undefined) return 'exists'
          throw error
        }
      }),
    remove: (path) =>
      folder.ask(`delete ${path}`, async (requests) => {
        await requests.unlink(folder.at(path)).catch((error: unknown) => {
          if (!isAbsent(error)) throw error
        })
      }),
    makeFolder: async (path) => {
      if (path === '.') return
      const found = await folder.look(path)
      if (found?.isFolder) return
      if (found !== undefined) throw notAFolder(folder, path)
      const parent = posix.dirname(path)
      if (parent !== '.') await renamable(folder).makeFolder(parent)
      await folder.ask(`make the folder ${path}`, async (requests) => {
        await requests.mkdir(folder.at(path)).catch(async (error: unknown) => {
          // Another try may have made it just now.
          if (!(await requests.lstat(folder.at(path)).catch(() => undefined))?.isDirectory()) throw error
        })
      })
    },
  }
}

function notAFolder({ place }: Folder, path: string): TidemarkError {
  return new TidemarkError(
    'FileUnreadable',
    `Expected ${path} at ${place} to be a folder, got a file or a link. Put a folder there; it is tried again.`,
  )
}
