import { posix } from 'node:path'
import type { FtpFolder } from '../../config/sources/ftp.ts'
import { TidemarkError } from '../../errors.ts'
import type { CallCount } from '../call-count.ts'
import { probeName } from '../probe-name.ts'
import { isRelativePath } from '../relative-path.ts'
import type { Source } from '../source.ts'
import { type RenamableFiles, takeByRename } from '../take-by-rename.ts'
import { walkFolders } from '../walk-folders.ts'
import { isNotAvailable } from './failures.ts'
import { Folder } from './folder.ts'
import { openFile } from './read-file.ts'

/** Files below a folder of an FTP server. */
export function ftpSource(config: FtpFolder, calls: CallCount): Omit<Source, 'can' | 'calls'> {
  const folder = new Folder(config, calls)
  return {
    list: (pattern, signal) => walkFolders(folder, pattern, signal),
    stat: (path) => folder.stat(path),
    statAll: (paths) => folder.statAll(paths),
    open: (version) => openFile(folder, version),
    take: async (version, to) => {
      if (!isRelativePath(version.path)) return { state: 'absent' }
      await folder.assertThere()
      return takeByRename(renamable(folder), version, to)
    },
    mayTake: () => mayWrite(folder),
  }
}

/** Moves and deletes change the folder: so does an empty one that is made in it, renamed and taken away. */
async function mayWrite(folder: Folder): Promise<void> {
  const at = folder.at(probeName())
  await folder.ask('write in the folder', async ({ client }) => {
    const send = (command: string, doing: string) =>
      client.send(command).catch((error: unknown) => {
        if (!isNotAvailable(error)) throw error
        throw new TidemarkError(
          'SourceUnavailable',
          `Expected to ${doing} in ${folder.place}, as afterLoad wants, got the answer 550. Let the user of the login make folders, rename and delete there, or set afterLoad to 'keep'.`,
        )
      })
    await send(`MKD ${at}`, 'make a folder')
    await send(`RNFR ${at}`, 'rename')
    await send(`RNTO ${at}-2`, 'rename')
    await send(`RMD ${at}-2`, 'delete')
  })
}

function renamable(folder: Folder): RenamableFiles {
  const stat = (path: string) => folder.stat(path)
  return {
    stat,
    open: (version) => openFile(folder, version),
    rename: async (from, to) => {
      // Most servers rename over what is there.
      if ((await folder.look(to)) !== undefined) return 'exists'
      if ((await stat(from)) === undefined) return 'absent'
      return folder.ask<'done'>(`rename ${from} to ${to}`, async ({ client }) => {
        await client.rename(folder.at(from), folder.at(to))
        return 'done'
      })
    },
    remove: async (path) => {
      if ((await stat(path)) === undefined) return
      await folder.ask(`delete ${path}`, ({ client }) => client.send(`DELE ${folder.at(path)}`))
    },
    makeFolder: async (path) => {
      if (path === '.') return
      const found = await folder.look(path)
      if (found?.isFolder) return
      if (found !== undefined) throw notAFolder(folder, path)
      const parent = posix.dirname(path)
      if (parent !== '.') await renamable(folder).makeFolder(parent)
      await folder.ask(`make the folder ${path}`, async ({ client }) => {
        await client.send(`MKD ${folder.at(path)}`).catch(async (error: unknown) => {
          // Another try may have made it just now.
          if (!isNotAvailable(error)) throw error
          await client.send(`CWD ${folder.at(path)}`)
        })
      })
    },
  }
}

function notAFolder({ place }: Folder, path: string): TidemarkError {
  return new TidemarkError(
    'FileUnreadable',
    `Expected ${path} at ${place} to be a folder, got a file. Put a folder there; it is tried again.`,
  )
}
