// Runs several commands in one process, which costs a second, and prints as JSON how each ended.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [dist, commands] = process.argv.slice(2)
const { run } = await import(pathToFileURL(join(dist, 'src', 'cli', 'program.js')).href)
const write = process.stdout.write.bind(process.stdout)
const ends = []
for (const args of JSON.parse(commands)) {
  const end = { code: -1, stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    process[name].write = (text) => {
      end[name] += text
      return true
    }
  }
  end.code = await run(['node', 'tidemark', ...args])
  ends.push(end)
}
write(JSON.stringify(ends))
