// Whether ledger and table are what the versions that there were allow, by the rules alone.
import { DuckDBInstance } from '@duckdb/node-api'
import { COLUMNS } from './content.mjs'
import { groups } from './groups.mjs'

/** What differs, in words; nothing when all is well. */
export async function differences(warehouse, pipelines, taken, settleMs) {
  const instance = await DuckDBInstance.create(warehouse)
  const connection = await instance.connect()
  const query = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  const found = []
  for (const files of pipelines) {
    const ledger = await query(`SELECT * FROM tidemark.files WHERE pipeline = '${files.name}' ORDER BY path, sequence`)
    const tables = await query(`SELECT 1 FROM duckdb_tables() WHERE table_name = '${files.name}'`)
    const rows = tables.length === 0 ? [] : await query(`SELECT * FROM ${files.name}`)
    found.push(...compare(files, ledger, rows, settleMs).map((line) => `${files.name}: ${line}`))
    if (files.name === 'mirror') found.push(...mirrored(files, ledger).map((line) => `mirror: ${line}`))
  }
  const ledger = await query("SELECT * FROM tidemark.files WHERE pipeline = 'taken' ORDER BY path, sequence")
  const loads = await query("SELECT 1 FROM duckdb_tables() WHERE table_name = 'taken'")
  found.push(
    ...taken.differences(ledger, loads.length === 0 ? [] : await query('SELECT * FROM taken')).map((line) => `taken: ${line}`),
  )
  const open = await query('SELECT * FROM tidemark.files WHERE decision IS NOT NULL AND carried_out_at IS NULL')
  found.push(
    ...open
      .filter(isNewest(await query('SELECT pipeline, path, sequence FROM tidemark.files')))
      .map((entry) => `a decision is left: ${JSON.stringify(entry)}`),
  )
  const claims = await query('SELECT * FROM tidemark.claims')
  found.push(...claims.map((claim) => `a claim is left: ${JSON.stringify(claim)}`))
  connection.closeSync()
  instance.closeSync()
  return found
}

/** Whether each file that is there has its fingerprint in its newest entry. */
export function notUpToDate(files, newestOf) {
  return files.present.filter(
    (path) => files.verdictOf(path) !== 'outside' && newestOf(path)?.fingerprint !== files.current(path).fingerprint,
  )
}

function compare(files, ledger, rows, settleMs) {
  const entriesOf = groups(ledger, ({ path }) => path)
  // Only a mirror leaves copies out.
  const hashes = files.name === 'mirror' ? [...files.versions.values()].flat().map(({ hash }) => hash) : []
  const rowsOf = groups(rows, (row) => row._tidemark_file)
  const found = notUpToDate(files, (path) => entriesOf.get(path)?.at(-1)).map(
    (path) =>
      `${path} is there as ${JSON.stringify(shown(files.current(path)))}, its newest entry is ${JSON.stringify(entriesOf.get(path)?.at(-1))}`,
  )
  for (const path of new Set([...entriesOf.keys(), ...rowsOf.keys()])) {
    const versions = files.versions.get(path) ?? []
    const entries = entriesOf.get(path) ?? []
    const wrong = [
      ...wrongEntries(entries, versions, { removedByPerson: files.removes.has(path), hashes, settleMs }),
      ...wrongRows(path, entries, versions, rowsOf.get(path) ?? []),
    ]
    if (files.verdictOf(path) === 'outside') wrong.push('it is none of these partitions, but it is in the ledger')
    found.push(...wrong.map((line) => `${path}: ${line}`))
    if (wrong.length > 0)
      found.push(`  its versions: ${JSON.stringify(versions.map(shown))}`, `  its entries: ${JSON.stringify(entries)}`)
  }
  return found
}

function wrongEntries(entries, versions, { removedByPerson, hashes, settleMs }) {
  const wrong = []
  const lastGood = entries.findLast(({ status }) => status !== 'held')
  const removed = removedByPerson || entries.some(({ gone_at }) => gone_at !== null)
  const copied = (version) => hashes.filter((hash) => hash === version.hash).length > 1
  let before = -1
  for (const [index, entry] of entries.entries()) {
    const { sequence, status } = entry
    const at = versions.findIndex(({ fingerprint }) => fingerprint === entry.fingerprint)
    const version = versions[at]
    if (sequence !== index + 1) wrong.push(`entry ${index + 1} has sequence ${sequence}`)
    if (version === undefined) {
      wrong.push(`entry ${sequence} is of no version that there was`)
      continue
    }
    if (at <= before) wrong.push(`entry ${sequence} is of a version that had its entry, or that came before`)
    before = at
    const livedMs = version.until === undefined ? Number.POSITIVE_INFINITY : version.until - version.from
    if (livedMs < settleMs)
      wrong.push(`entry ${sequence} is of a version that was there for ${livedMs.toFixed(0)} ms: it had not settled`)
    const released = entry.decision === 'release' && version.releasedRows !== undefined
    const expected =
      version.rows === undefined && (!released || status === 'held') ? ['held'] : entry === lastGood ? ['loaded'] : ['superseded']
    if (expected[0] !== 'held') expected.push(...(removed ? ['removed'] : []), ...(copied(version) ? ['duplicate'] : []))
    if (!expected.includes(status)) wrong.push(`entry ${sequence} is ${status}, expected ${expected.join(' or ')}`)
    if (status === 'held' && !entry.error) wrong.push(`entry ${sequence} is held without a reason`)
    if (entry.content_hash !== null && entry.content_hash !== version.hash)
      wrong.push(`entry ${sequence} has the hash of other bytes`)
    if (status === 'loaded' && Number(entry.rows) !== (version.rows ?? version.releasedRows)?.length)
      wrong.push(`entry ${sequence} says ${entry.rows} rows`)
  }
  return wrong
}

/** Each content that is there is loaded, and once; nothing is that is gone. */
function mirrored(files, ledger) {
  const loaded = groups(
    ledger.filter(({ status }) => status === 'loaded'),
    ({ content_hash }) => content_hash,
  )
  const found = []
  for (const path of files.present) {
    const { rows, hash } = files.current(path)
    if (rows !== undefined && !loaded.has(hash) && !files.removes.has(path)) found.push(`${path} is there, and its rows are not`)
  }
  for (const [hash, entries] of loaded) {
    if (entries.length > 1) found.push(`the same bytes are loaded as ${entries.map(({ path }) => path).join(', ')} (${hash})`)
    for (const { path } of entries) if (files.current(path) === undefined) found.push(`${path} is gone, and its rows are not`)
  }
  return found
}

function isNewest(entries) {
  const last = new Map()
  for (const { pipeline, path, sequence } of entries)
    last.set(`${pipeline} ${path}`, Math.max(sequence, last.get(`${pipeline} ${path}`) ?? 0))
  return ({ pipeline, path, sequence }) => last.get(`${pipeline} ${path}`) === sequence
}

function wrongRows(path, entries, versions, rows) {
  const entry = entries.findLast(({ status }) => status !== 'held')
  const version = versions.find(({ fingerprint }) => fingerprint === entry?.fingerprint)
  const rowsInTable = entry?.status === 'loaded' ? (version?.rows ?? version?.releasedRows ?? []) : []
  const expected = rowsInTable.map((cells) => cells.join(',')).sort()
  const found = rows.map((row) => COLUMNS.map((column) => row[column]).join(',')).sort()
  const wrong = []
  if (found.join('\n') !== expected.join('\n'))
    wrong.push(`the table has its rows ${found.join(' ')}, expected ${expected.join(' ')}`)
  const key = path.replace(/\.csv(\.gz)?$/, '')
  if (rows.some((row) => row._tidemark_partition !== key)) wrong.push('a row has another partition')
  return wrong
}

function shown({ rows, fingerprint, from, until }) {
  return { rows: rows?.length ?? 'bad', fingerprint, from: Math.round(from), until: until && Math.round(until) }
}
