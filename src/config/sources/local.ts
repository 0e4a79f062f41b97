import { resolve } from 'node:path'
import { z } from 'zod'
import { strict } from '../strictness.ts'
import { type SourceOptions, sourceOptions, toSourceOptions } from './source-options.ts'

export const localSchema = strict({
  kind: z.literal('local'),
  folder: z.string().min(1, 'expected the path of a folder'),
  ...sourceOptions('2s'),
})

export interface LocalFolder extends SourceOptions {
  readonly kind: 'local'
  readonly folder: string
}

export function toLocalFolder(checked: z.output<typeof localSchema>, base: string): LocalFolder {
  return { kind: 'local', folder: resolve(base, checked.folder), ...toSourceOptions(checked) }
}
