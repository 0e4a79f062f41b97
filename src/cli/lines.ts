import { manyOf, unitOf } from '../alerting/alert.ts'
import { counted } from '../counted.ts'
import type { Reporter } from '../reporter.ts'
import type { What } from '../warehouse/news.ts'
import type { Event } from './display.ts'
import { oneLine, print } from './output.ts'
import { paint } from './paint.ts'

const PAINT: Record<What, (text: string) => string> = {
  held: paint.red,
  late: paint.yellow,
  missing: paint.red,
  failing: paint.red,
  recovered: paint.green,
  gone: paint.yellow,
}

/** A line to the terminal for each thing that happens. */
export function lineReporter(write: (line: string, event: Event) => void = print): Reporter {
  const line = (label: string, text: string, event: Event) => write(`${label} ${oneLine(text)}`, event)
  return {
    loaded({ pipeline, files, rows, rejected, only }) {
      const without = rejected === 0 ? '' : `, without ${counted(rejected, 'bad row')} (see \`tidemark explain\`)`
      const event = { event: 'loaded', pipeline, files, rows, rejected, path: only?.path ?? null, partition: only?.key ?? null }
      if (only === undefined)
        return line(paint.green('loaded'), `${pipeline}: ${counted(rows, 'row')} from ${counted(files, 'file')}${without}`, event)
      const what = only.same
        ? `${only.path} has the same bytes as before; its rows stay`
        : `${counted(rows, 'row')} from ${only.path}${without}`
      return line(paint.green('loaded'), `${pipeline} ${only.key}: ${what}`, event)
    },
    duplicates({ pipeline, count, path, of, loaded }) {
      const others = count === 1 ? '' : `, and ${counted(count - 1, 'file')} more like it`
      const so = loaded ? 'its rows are loaded as well' : 'it is left out'
      line(paint.yellow('duplicate'), `${pipeline}: ${path} has the same bytes as ${of}; ${so}${others}`, {
        event: 'duplicate',
        pipeline,
        files: count,
        path,
        of,
        loaded,
      })
    },
    news({ pipeline, partition, what, reason, count }) {
      const reasons = reason.split('\n').join('; ')
      const subject = partition === undefined ? pipeline : `${pipeline} ${partition}`
      const unit = unitOf(what)
      line(
        PAINT[what](what),
        count === undefined ? `${subject}: ${reasons}` : `${subject}: ${manyOf(what, count)}, such as ${reasons}`,
        {
          event: what,
          pipeline,
          partition: partition ?? null,
          reason,
          files: unit === 'file' ? (count ?? null) : null,
          ...(unit === 'partition' ? { partitions: count ?? 1 } : {}),
        },
      )
    },
    waiting(holder) {
      if (holder === undefined) line(paint.green('going on'), 'the warehouse is free', { event: 'going on' })
      else
        line(paint.yellow('waiting'), `the warehouse is held by ${holder}; loads go on when it is closed there`, {
          event: 'waiting',
          holder,
        })
    },
  }
}
