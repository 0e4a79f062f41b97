/** Lists, looks at and opens as a user without rights: `as-nobody.ts FOLDER {name: {list, key? | stat | open}}`, answers in JSON. */
import { TidemarkError } from '../../../src/errors.ts'
import { localSource } from '../../../src/sources/local/local-source.ts'
import { asIs, pathsOf } from '../folder.ts'
import { patternOf } from '../pattern.ts'

const [folder = '', tries = '{}'] = process.argv.slice(2)
// Once the code is loaded, since it may lie where nobody else can read.
if (process.getuid?.() === 0) {
  process.setgroups?.([])
  process.setgid?.(65534)
  process.setuid?.(65534)
}

const source = localSource({ folder })
const answers: Record<string, unknown> = {}
type Try = { list?: string; key?: string; stat?: string; open?: string }
for (const [name, { list, key, stat, open }] of Object.entries<Try>(JSON.parse(tries))) {
  try {
    if (list !== undefined) {
      const pattern = patternOf(list)
      answers[name] = await pathsOf(source, key === undefined ? pattern : pattern.narrow(key))
    }
    if (stat !== undefined) answers[name] = await source.stat(stat)
    if (open !== undefined) answers[name] = (await (await source.open(asIs(open))).toArray()).join('')
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error
    answers[name] = { code: error.code, message: error.message }
  }
}
process.stdout.write(JSON.stringify(answers))
