import { access, constants } from 'node:fs/promises'
import { TidemarkError } from '../../errors.ts'
import { CallCount } from '../call-count.ts'
import { LOCAL } from '../capabilities.ts'
import type { Source } from '../source.ts'
import { reasonOf } from './failures.ts'
import { FolderReader } from './folder-reader.ts'
import { readFiles, statFiles } from './many-files.ts'
import { openFile } from './open-file.ts'
import { assertStillThere, openRoot } from './root.ts'
import { statFile } from './stat-file.ts'
import { takeFile } from './take-file.ts'
import { walk } from './walk.ts'

/** Files below a folder of this machine, or of a share that it mounts. */
export function localSource({ folder }: { readonly folder: string }): Required<Omit<Source, 'tag'>> {
  const reader = new FolderReader()
  return {
    can: LOCAL,
    calls: new CallCount(),
    async *list(pattern, signal) {
      const root = await openRoot(folder)
      yield* walk(root, pattern, reader, signal)
      await assertStillThere(root)
    },
    stat: (path) => statFile(folder, path),
    statAll: (paths) => statFiles(folder, paths, reader),
    readAll: (paths, most) => readFiles(folder, paths, most, reader),
    open: ({ path }) => openFile(folder, path),
    take: (version, to) => takeFile(folder, version, to),
    mayTake: () => mayWrite(folder),
    watch: async (events) => (await import('./watch-folder.ts')).watchFolder(folder, events), // with chokidar behind it
  }
}

async function mayWrite(folder: string): Promise<void> {
  await access(folder, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    const mend = "Let the user that runs Tidemark write in it, or set afterLoad to 'keep'."
    throw new TidemarkError(
      'SourceUnavailable',
      `Expected to write in ${folder}, as afterLoad wants, got ${reasonOf(error)}. ${mend}`,
    )
  })
}
