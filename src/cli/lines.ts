import pc from 'picocolors'
import type { News, Reporter } from '../reporter.ts'
import { oneLine, print } from './output.ts'

const PAINT: Record<News['what'], (text: string) => string> = {
  held: pc.red,
  late: pc.yellow,
  missing: pc.red,
  failing: pc.red,
  recovered: pc.green,
}

/** A line to the terminal for each thing that happens. */
export function lineReporter(write: (line: string) => void = print): Reporter {
  const line = (label: string, text: string) => write(`${label} ${oneLine(text)}`)
  return {
    loaded({ pipeline, files, rows, only }) {
      if (only === undefined) return line(pc.green('loaded'), `${pipeline}: ${rows} rows from ${files} files`)
      const what = only.same ? `${only.path} has the same bytes as before; its rows stay` : `${rows} rows from ${only.path}`
      return line(pc.green('loaded'), `${pipeline} ${only.key}: ${what}`)
    },
    news({ pipeline, partition, what, reason, count }) {
      const subject = partition === undefined ? pipeline : `${pipeline} ${partition}`
      line(PAINT[what](what), count === undefined ? `${subject}: ${reason}` : `${subject}: ${count} files, such as ${reason}`)
    },
    waiting(holder) {
      if (holder === undefined) line(pc.green('going on'), 'the warehouse is free')
      else line(pc.yellow('waiting'), `the warehouse is held by ${holder}; loads go on when it is closed there`)
    },
  }
}
