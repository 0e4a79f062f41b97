import { z } from 'zod'
import { type Duration, duration } from '../duration.ts'

/** What every kind of source has. */
export function sourceOptions(settle: Duration) {
  return {
    files: z.string({ error: "expected a glob with {partition}, such as '{partition}.csv'" }),
    settle: duration.prefault(settle),
    identity: z.enum(['stat', 'content']).default('stat'),
    done: z.string().optional(),
    manifest: z.string().optional(),
  }
}

type CheckedOptions = z.output<z.ZodObject<ReturnType<typeof sourceOptions>>>

export interface SourceOptions {
  readonly files: string
  readonly settleMs: number
  /** What a fingerprint is made of: what the source says of the file, or its bytes. */
  readonly identity: 'stat' | 'content'
  /** The path of the marker that says that a file is whole, with `{file}` in it. */
  readonly done: string | undefined
  /** The path of the list of a partition's files, with the partition in it as in `files`. */
  readonly manifest: string | undefined
}

export function toSourceOptions({ files, settle, identity, done, manifest }: CheckedOptions): SourceOptions {
  // What a marker or a manifest calls whole need not settle as well.
  return { files, settleMs: (done ?? manifest) === undefined ? settle : 0, identity, done, manifest }
}
