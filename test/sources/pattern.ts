import { parsePattern } from '../../src/partitions/pattern.ts'

/** The keys are whatever the files are called. */
export const patternOf = (files: string) => parsePattern(files, { kind: 'dynamic' })
