import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../src/package-root.ts'

/** What a reader of a page does, in its order. */
export type Step =
  | { readonly does: 'type'; readonly command: string; readonly output: string }
  /** Of the program that runs in the other terminal. */
  | { readonly does: 'see' | 'stop'; readonly output: string }
  /** Into `pipelines` of the config. */
  | { readonly does: 'add'; readonly text: string }

/** The fenced blocks of a page of docs/tasks: `console` is typed and seen, `ts` is a pipeline. */
export async function taskPage(name: string): Promise<readonly Step[]> {
  const text = await readFile(join(packageRoot(), 'docs', 'tasks', name), 'utf8')
  const blocks = text.matchAll(/^( *)```(\w+)\n(.*?)^\1```$/gms)
  return [...blocks].flatMap(([, indent = '', language, block = '']) => {
    const lines = block.split('\n').map((line) => line.slice(indent.length))
    return language === 'ts' ? [{ does: 'add' as const, text: lines.join('\n') }] : stepsOf(lines.join('\n'))
  })
}

/** A line that begins with `$ ` is typed; what follows it is seen. `^C` ends the program that runs. */
function stepsOf(block: string): Step[] {
  return block.split(/^(?=\$ |\^C$)/m).map((part) => {
    const [first = '', ...rest] = part.split('\n')
    const output = rest.join('\n')
    if (first === '^C') return { does: 'stop', output }
    return first.startsWith('$ ') ? { does: 'type', command: first.slice(2), output } : { does: 'see', output: part }
  })
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/

/** `…` stands for any text, a line of it for any lines; times are those of the moment, and what is named otherwise is where the reader has it. */
export function asShown(output: string, names: ReadonlyMap<string, string>): string {
  return output
    .split('\n')
    .map((line) => {
      if (line.trim() === '…') return '(?:.*\n)*?'
      const words = [...names].reduce((text, [name, here]) => text.replaceAll(name, here), line)
      return words === ''
        ? ''
        : `${words
            .split(/(…|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)/)
            .map((part) => (part === '…' ? '.*' : TIME.test(part) ? TIME.source : literal(part)))
            .join('')} *\n`
    })
    .join('')
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
