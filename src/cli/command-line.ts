import { shellWord } from '../shell-word.ts'

/** A command as a person would type it; the config file is named where this one was given it. */
export function commandLine(words: readonly string[], config?: string | undefined): string {
  return ['tidemark', ...words, ...(config === undefined ? [] : ['--config', config])].map(shellWord).join(' ')
}
