/** Watches, then may open nothing more when a folder appears, then lists: `without-handles.ts FOLDER`, answers in JSON. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { localSource } from '../../../src/sources/local/local-source.ts'
import { pathsOf, until } from '../folder.ts'
import { patternOf } from '../pattern.ts'

const [folder = ''] = process.argv.slice(2)
const source = localSource({ folder })
const failures: string[] = []
const watch = await source.watch({ hint: () => undefined, failed: (reason) => failures.push(reason) })

const taken: number[] = []
try {
  for (;;) taken.push(openSync('/dev/null', 'r'))
} catch {
  // All are taken.
}
for (let index = 0; index < 20; index++) mkdirSync(`${folder}/new${index}`)
await until(() => failures.length > 0)
for (const fd of taken) closeSync(fd)

const listed = await pathsOf(source, patternOf('*/{partition}.csv'))
await watch[Symbol.asyncDispose]()
process.stdout.write(JSON.stringify({ failures, listed: listed.length }))
