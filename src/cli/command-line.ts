import { shellWord } from '../shell-word.ts'

/** A command as a person would type it; the config file is named where this one was given it. */
export function commandLine(words: readonly string[], config?: string | undefined): string {
  return withConfigNamed(['tidemark', ...words].map(shellWord).join(' '), config)
}

/** A command, so that it finds the config that this one was given; one of another program is as it was. */
export function withConfigNamed(command: string, config: string | undefined): string {
  return config === undefined || !/^(npx )?tidemark /.test(command) ? command : `${command} --config ${shellWord(config)}`
}
