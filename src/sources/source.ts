import type { Readable } from 'node:stream'
import type { Pattern } from '../partitions/pattern.ts'
import type { CallCount } from './call-count.ts'
import type { Capabilities } from './capabilities.ts'

/** One file as a listing shows it. */
export interface Listed {
  /** Relative to the source, with `/` between its parts. */
  readonly path: string
  /** Tells two versions of a path apart. */
  readonly fingerprint: string
  readonly size: number
  readonly modifiedAt: Date
  /** When it came to be as it is, by the source's own clock; only to be compared with that of others there. Without it: `modifiedAt`. */
  readonly changedMs?: number
  /** Why a file that matches may not be read at all: a link that leads out, a pipe, a device, a name that is not UTF-8. */
  readonly refused?: string
}

/** The version of a file that is to be read. */
export type Version = Pick<Listed, 'path' | 'fingerprint' | 'size'>

/** A version of a file whose rows are in the table. */
export interface LoadedVersion {
  readonly path: string
  readonly fingerprint: string
  readonly sequence: number
}

/** `changed`: another version is there now. `absent`: none is, and it was not us who took it. */
export type Taken = { readonly state: 'taken'; readonly movedTo?: string | undefined } | { readonly state: 'changed' | 'absent' }

/** Where files are. Every failure is a `TidemarkError` of code `SourceUnavailable` or `FileUnreadable`, never an empty answer. */
export interface Source {
  readonly can: Capabilities
  /** Its requests to a server. */
  readonly calls: CallCount
  /**
   * What matches, in pages, each path once. A pattern that is narrowed to one partition looks only where that can be. `after`: only what
   * follows that path in the order of the listing; for a source that can resume.
   */
  list(pattern: Pattern, signal: AbortSignal, after?: string): AsyncGenerator<readonly Listed[]>
  /** The file at a path now; undefined when there is none. */
  stat(path: string): Promise<Listed | undefined>
  /** As `stat`, for many paths at once, where that is cheaper; those that are gone are left out. */
  statAll?(paths: readonly string[]): Promise<ReadonlyMap<string, Listed>>
  /** Its bytes, all of them: a cut is mended or told. Where the source can, no other version than this one. */
  open(version: Version): Promise<Readable>
  /** The bytes of files of at most so many, where that is cheaper than to open each. Whatever is special about one, it is left out. */
  readAll?(paths: readonly string[], most: number): Promise<ReadonlyMap<string, Buffer>>
  /** Moves a loaded version into a folder of the source, or deletes it: never a newer one, and never over another file. May be repeated. */
  take(version: LoadedVersion, to: string | undefined): Promise<Taken>
  /** Marks a loaded version where it is, and never a newer one; what else it is marked with stays. May be repeated. */
  tag?(version: LoadedVersion, tags: Readonly<Record<string, string>>): Promise<Taken>
  /** Whether what is loaded may be taken so, which is tried on no file. @throws TidemarkError with what is missing */
  mayTake?(how: Taking): Promise<void>
  /** Calls `hint` with a path (undefined: anything) that may be new; `failed` when watching has ended and only listing is left. */
  watch?(events: WatchEvents): Promise<AsyncDisposable>
}

/** What becomes of a loaded file. */
export type Taking = 'move' | 'delete' | 'tag'

export interface WatchEvents {
  hint(path?: string): void
  failed(reason: string): void
}
