/** What a `FolderReader` and its thread say to each other. Folders are absolute, and names are of their entries. */
export type Call =
  | { readonly kind: 'list'; readonly folder: string }
  /** The next page of the listing that was begun last. */
  | { readonly kind: 'next' }
  /** Nobody wants the rest of it. */
  | { readonly kind: 'end' }
  | { readonly kind: 'stat'; readonly folder: string; readonly names: readonly string[] }
  | { readonly kind: 'read'; readonly folder: string; readonly names: readonly string[]; readonly most: number }

/** Mode, size, mtime and ctime in nanoseconds, and inode of each name, one after the other. */
export type Stats = BigInt64Array<ArrayBuffer>
export const STATS_EACH = 5
/** In the mode's place. */
export const ABSENT = 0n
/** It is there, perhaps, but the thread could not look at it. No kind of file has all of these bits. */
export const FAILED = -1n

export type Answer =
  | { readonly kind: 'names'; readonly names: readonly string[]; readonly stats: Stats; readonly done: boolean }
  /** The files' bytes one after the other; `stats` are their sizes, -1 for one that was not read. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer>; readonly stats: Stats }

export type Reply =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly fault: { readonly message: string; readonly code: string | undefined } }
