// What can happen to files and to the product. Each action is chosen by chance, with its weight, among those that are possible.
import { PIPELINES } from './config.mjs'
import { BADNESS, badBytes, bytesOf, goodText } from './content.mjs'

const DROPPED = ['one', 'two', 'three', 'a b', 'ä', "x'y", '100%', '-lead', '[1]x']
const DAILY = ['2018-01-01', '2018-01-02', '2018-01-03', '2018-01-04', '2018-01-05', '2018-01-06', '2018-01-31', '2018-02-30']
const ENDINGS = ['.csv', '.csv', '.csv.gz']
/** More partitions at once than the sensor starts one by one. */
const BURST = 30

const isPacked = (path) => path.endsWith('.gz')
const good = (random, path) => bytesOf(goodText(random), isPacked(path))
const bad = (random, path) => badBytes(random, random.pick(BADNESS), isPacked(path))
const anyPath = (random, { name }) => `${random.pick(name === 'daily' ? DAILY : DROPPED)}${random.pick(ENDINGS)}`
const put = (random, files, path, bytes) => (random.chance(0.6) ? files.replace(path, bytes) : files.overwrite(path, bytes))

/** Each gets the files of one pipeline and says what it does; one that cannot be done says nothing. */
const ON_FILES = [
  {
    weight: 12,
    name: 'drop',
    run: (random, files, path = anyPath(random, files)) => [put(random, files, path, good(random, path)), path],
  },
  {
    weight: 8,
    name: 'spoil',
    run: (random, files, path = anyPath(random, files)) => [put(random, files, path, bad(random, path)), path],
  },
  { weight: 6, name: 'begin', run: begin },
  {
    weight: 12,
    name: 'append',
    run: (random, files) => each(random, [...files.unfinished.keys()], (path) => append(random, files, path)),
  },
  {
    weight: 6,
    name: 'correct',
    run: (random, files) =>
      each(
        random,
        files.whole.filter((path) => !files.isGood(path)),
        (path) => put(random, files, path, good(random, path)),
      ),
  },
  {
    weight: 5,
    name: 'write again',
    run: (random, files) => each(random, files.whole, (path) => put(random, files, path, files.bytes(path))),
  },
  {
    weight: 3,
    name: 'change in secret',
    run: (random, files) =>
      each(
        random,
        files.whole.filter((path) => !isPacked(path)),
        (path) => changeInSecret(files, path),
      ),
  },
  { weight: 4, name: 'delete', run: (random, files) => each(random, files.present, (path) => files.remove(path)) },
  { weight: 4, name: 'rename', run: rename },
  { weight: 2, name: 'copy', run: copy },
  { weight: 0.5, name: 'burst', run: burst },
] // prettier-ignore

/** Whole at once: what is written on after it was moved would be written elsewhere. */
const DROP_TO_TAKE = {
  weight: 8,
  name: 'drop to take',
  run: (random, taken) => {
    const path = anyPath(random, taken)
    taken.drop(path, random.chance(0.7) ? good(random, path) : bad(random, path))
    return path
  },
}

const ON_PRODUCT = [
  { weight: 1.2, name: 'kill', when: ({ isUp }) => isUp, run: (_, product) => product.kill() },
  { weight: 14, name: 'start', when: ({ isUp }) => !isUp, run: (_, product) => product.start() },
  { weight: 0.3, name: 'stop', when: ({ isUp }) => isUp, run: (_, product) => product.stop() },
  { weight: 0.4, name: 'kill the server', when: ({ isUp }) => isUp, run: (_, product) => product.killServer() },
  { weight: 0.2, name: 'lose the server', when: ({ isUp }) => isUp, run: (_, product) => product.loseServer() },
  { weight: 0.5, name: 'stall', when: ({ isUp, isStalled }) => isUp && !isStalled, run: (_, product) => product.stall() },
  { weight: 5, name: 'wake', when: ({ isStalled }) => isStalled, run: (_, product) => product.wake() },
  { weight: 0.3, name: 'kill all', when: ({ isUp }) => isUp, run: (_, product) => product.killAll() },
  { weight: 0.3, name: 'start a second worker', when: ({ hasWorker }) => !hasWorker, run: (_, product) => product.startWorker() },
  { weight: 1.5, name: 'kill the second worker', when: ({ hasWorker }) => hasWorker, run: (_, product) => product.killWorker() },
  { weight: 1, name: 'sensor', when: ({ isUp }) => isUp, run: sensor },
  { weight: 1.5, name: 'import', when: ({ isUp }) => isUp, run: importOne },
  { weight: 3, name: 'act', when: ({ isUp }) => isUp, run: act },
  { weight: 1, name: 'hold the warehouse', when: () => true, run: hold },
]

export function chooseAction(random, product, pipelines, taken) {
  const possible = ON_PRODUCT.filter(({ when }) => when(product))
  const { name, run } = random.weighted([...ON_FILES, DROP_TO_TAKE, ...possible])
  if (name === DROP_TO_TAKE.name) return { name: 'drop taken/', run: () => run(random, taken) }
  if (possible.some((action) => action.name === name))
    return { name, run: async () => (await run(random, product, [...pipelines, taken])) ?? '' }
  const files = random.pick(pipelines)
  return { name: `${name} ${files.name}/`, run: () => run(random, files)?.at(-1) }
}

function each(random, paths, work) {
  if (paths.length === 0) return undefined
  const path = random.pick(paths)
  work(path)
  return [path]
}

/** Cut behind its first row at the earliest: whether no row at all is good is not for here. */
function begin(random, files) {
  const path = anyPath(random, files)
  const bytes = good(random, path)
  const first = isPacked(path) ? 1 : bytes.indexOf('\n', bytes.indexOf('\n') + 1)
  files.begin(path, bytes, random.between(first, bytes.length - 1))
  return [path]
}

function append(random, files, path) {
  const { length } = files.unfinished.get(path)
  files.append(path, random.chance(0.5) ? length : random.between(1, length))
}

function changeInSecret(files, path) {
  files.overwriteInSecret(path, Buffer.from(files.bytes(path).toString().replaceAll('.25', '.75')))
}

function rename(random, files) {
  return each(random, files.present, (from) => {
    const to = anyPath(random, files)
    if (to !== from) files.rename(from, to)
  })
}

function copy(random, files) {
  return each(random, files.whole, (from) => {
    const to = anyPath(random, files)
    if (to !== from && isPacked(to) === isPacked(from)) files.copy(from, to)
  })
}

function burst(random, files) {
  if (files.name === 'daily') return undefined
  for (let number = 0; number < BURST; number++) files.replace(`burst ${number}.csv`, good(random, 'burst.csv'))
  return [`${BURST} files`]
}

function sensor(random, product) {
  const action = random.pick(['pause', 'resume', 'poll'])
  const pipeline = random.pick(PIPELINES)
  product.beside('sensor', action, pipeline)
  return `${action} ${pipeline}`
}

function importOne(random, product, pipelines) {
  const { name } = random.pick(pipelines)
  const key = random.pick(name === 'daily' ? DAILY : DROPPED)
  product.beside('import', name, '--', key)
  return `${name} ${key}`
}

/** A person acts on a file that is there, or was. */
function act(random, product, pipelines) {
  const files = random.pick(pipelines)
  const paths = [...files.versions.keys()]
  if (paths.length === 0) return undefined
  const path = random.pick(paths)
  const action = random.pick(['retry', 'release', 'release', 'remove'])
  if (action === 'remove') files.removes.add(path)
  product.beside(action, ...(action === 'release' ? ['--reason', 'it is right'] : []), '--pipeline', files.name, '--', path)
  return `${action} ${files.name}/${path}`
}

function hold(random, product) {
  const ms = random.between(0, 1_000)
  const mode = random.pick(['READ_ONLY', 'READ_WRITE'])
  product.hold(ms, mode)
  return `${ms} ms ${mode}`
}
