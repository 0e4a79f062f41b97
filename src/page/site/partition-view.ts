import type { FileDetail, FileLine, PartitionDetail } from '../page-data.ts'
import { type Child, h, table } from './dom.ts'
import { pager } from './pager.ts'
import { link, type Place } from './place.ts'
import { ago, at, commands, counted, foreign, number, state, workflow } from './words.ts'

/** A partition: its files, why one is held, and what it was before. */
export function partitionView(detail: PartitionDetail, place: Place): Child[] {
  const { pipeline, key, line, retrying, files, total, versions } = detail
  return [
    h('h1', {}, foreign(key), ' ', h('small', {}, `partition of ${pipeline}`)),
    h(
      'dl',
      { class: 'details' },
      h('dt', {}, 'state'),
      h('dd', {}, line === null ? 'not known' : state(line.state), line?.reason ? [': ', foreign(line.reason)] : null),
      line?.dueAt ? [h('dt', {}, 'due'), h('dd', {}, at(line.dueAt), ' (', ago(line.dueAt), ')')] : null,
      h('dt', {}, 'in the table'),
      h(
        'dd',
        {},
        `${counted(line?.rows ?? 0, 'row')} of ${counted(line?.files ?? 0, 'file')}, loaded `,
        at(line?.loadedAt ?? null),
      ),
      retrying === null
        ? null
        : [
            h('dt', {}, 'retrying'),
            h('dd', {}, foreign(retrying.error), `; tried ${retrying.tries} times, again `, ago(retrying.notBefore)),
          ],
      h('dt', {}, 'load it now'),
      h('dd', {}, commands(detail.commands, 'partition'), workflow(detail.webUi, 'workflow', 'partition-workflow')),
    ),
    h('h2', {}, 'Files', h('small', {}, number(total))),
    pager(detail, place),
    table(
      ['file', 'version', 'status', 'rows', 'rejected', 'at', 'checks', 'why, and what to do', ''],
      files.map((file, index) => fileCells(file, index, place)),
      [1, 3, 4],
    ),
    versions.length === 0 ? null : versionsView(detail),
  ]
}

function fileCells(file: FileLine, index: number, place: Place): Child[] {
  const isWell = file.status === 'loaded' || file.status === 'superseded'
  return [
    h('a', { href: link({ ...place, path: file.path }), id: `file-${index}` }, foreign(file.path)),
    number(file.version),
    [state(file.status), file.gone ? ', gone' : null],
    number(file.rows),
    number(file.rejected),
    at(file.at),
    checksOf(file),
    [
      file.error === null ? null : h('div', {}, foreign(file.error)),
      file.decision === null ? null : h('div', { class: 'quiet' }, foreign(file.decision)),
      isWell ? null : commands(file.commands, `file-${index}`),
    ],
    workflow(file.webUi, 'workflow', `file-workflow-${index}`),
  ]
}

function checksOf({ checks }: FileLine): Child {
  const failed = checks.filter(({ passed }) => !passed)
  if (checks.length === 0) return ''
  if (failed.length === 0) return `${checks.length} passed`
  return failed.map(({ check, failed: rows, blocking }) =>
    h('div', { class: blocking ? 'bad' : '' }, foreign(check), `: ${counted(rows, 'row')}`),
  )
}

/** The first is its first load; each that follows has restated it. */
function versionsView({ versions }: PartitionDetail): Child {
  return [
    h('h2', {}, 'Where its rows come from'),
    table(
      ['version', 'from', 'files', 'rows', 'what changed', 'Tidemark', 'run'],
      [...versions]
        .reverse()
        .map((version) => [
          `${version.version}${version.version > 1 ? ', restated' : ''}`,
          at(version.at),
          number(version.files),
          number(version.rows),
          [...version.loaded.map((path) => `loaded ${path}`), ...version.removed.map((path) => `taken out ${path}`)].map((text) =>
            h('div', {}, foreign(text)),
          ),
          version.codeVersion ?? '',
          workflow(version.webUi, version.runId?.slice(0, 8) ?? 'run', `version-${version.version}`) ?? version.runId ?? '',
        ]),
      [2, 3],
    ),
  ]
}

/** A file: all its versions, and the rows for which the newest is held. */
export function fileView({ path, versions, rejected }: FileDetail, { pipeline }: Place): Child[] {
  return [
    h('h1', {}, foreign(path), ' ', h('small', {}, `file of ${pipeline}`)),
    commands(versions[0]?.commands ?? [], 'file'),
    h('h2', {}, 'Versions', h('small', {}, number(versions.length))),
    table(
      ['version', 'status', 'rows', 'rejected', 'seen', 'settled', 'came to that', 'size', 'checks', 'why', 'Tidemark', ''],
      versions.map((version) => [
        number(version.version),
        [state(version.status), version.gone ? ', gone' : null],
        number(version.rows),
        number(version.rejected),
        at(version.seenAt),
        at(version.settledAt),
        at(version.at),
        number(version.size),
        checksOf(version),
        [
          version.error === null ? null : foreign(version.error),
          version.decision === null ? null : h('div', { class: 'quiet' }, foreign(version.decision)),
        ],
        version.codeVersion ?? '',
        workflow(version.webUi, 'workflow', `file-version-${version.version}`),
      ]),
      [2, 3, 7],
    ),
    rejected.length === 0
      ? null
      : [
          h('h2', {}, 'First bad rows'),
          table(
            ['line', 'column', 'why', 'text'],
            rejected.map((row) => [
              number(row.line),
              foreign(row.column ?? ''),
              foreign(row.error),
              h('code', {}, foreign(row.text)),
            ]),
            [0],
          ),
        ],
    versions[0] === undefined
      ? null
      : h(
          'dl',
          { class: 'details' },
          h('dt', {}, 'fingerprint'),
          h('dd', {}, h('code', {}, versions[0].fingerprint)),
          h('dt', {}, 'SHA-256'),
          h('dd', {}, h('code', {}, versions[0].contentHash ?? '–')),
        ),
  ]
}
