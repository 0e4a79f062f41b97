import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { CODE_VERSION } from '../../src/version.ts'
import { duckdbWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse.ts'
import { endOnServer } from '../cli/clean-up.ts'
import { configText, DIST, Project, pipelineText, uniqueName } from '../cli/project.ts'
import { testServer } from '../harness/server-address.ts'
import { drop, expectEachOnce, untilLoaded } from './burst.ts'

const NEW = '99.0.0'
/** Each after the ones before: of the old worker alone, of both, of the new one alone. */
const [BEFORE, AMID, AFTER] = [10, 25, 35]

/** This package as a later version of itself, whose workflows say another word where that is safe. */
async function nextVersion(): Promise<AsyncDisposable & { readonly dist: string }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tidemark-next-')))
  const root = dirname(DIST)
  const dist = join(folder, 'dist')
  await cp(DIST, dist, { recursive: true })
  await symlink(await realpath(join(root, 'node_modules')), join(folder, 'node_modules'))
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, version: NEW }))
  const bundle = join(dist, 'workflow-bundle.js')
  const code = await readFile(bundle, 'utf8')
  const changed = code.replaceAll('**watching**', '**is watching**')
  expect(changed).not.toBe(code)
  await writeFile(bundle, changed)
  return { dist, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

test.concurrent.each([
  ['drained', 'SIGTERM'],
  ['killed', 'SIGKILL'],
] as const)(
  'a worker that is upgraded in the middle of imports, the old one %s: nothing is lost, nothing is there twice',
  async (_, signal) => {
    const pipeline = uniqueName('prices')
    const address = testServer()
    await using next = await nextVersion()
    await using project = await Project.create(configText({ [pipeline]: pipelineText('source') }, pipeline), { address })
    const old = project.start('worker')
    await old.said('worker on')
    expect(await project.run('apply')).toMatchObject({ code: 0 })
    await drop(project, 'source', 0, BEFORE)
    await old.said('loaded')

    const upgraded = project.startOf(next.dist, 'worker')
    await upgraded.said('worker on')
    await drop(project, 'source', BEFORE, AMID)
    old.kill(signal)
    await drop(project, 'source', AMID, AFTER)
    const { code, stderr } = await old.ended
    if (signal === 'SIGTERM') expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    await untilLoaded(project, pipeline, AFTER)
    upgraded.interrupt()
    expect(await upgraded.ended).toMatchObject({ code: 0, stderr: '' })
    await endOnServer([pipeline])
    await expectEachOnce(project, pipeline, 'source', AFTER)
    await using warehouse = duckdbWarehouse({
      file: project.path('.tidemark/warehouse.duckdb'),
      readOnly: true,
      patienceMs: 10_000,
    })
    const versions = new Set((await warehouse.files(pipeline)).map(({ code_version }) => code_version))
    expect(versions).toEqual(new Set([CODE_VERSION, NEW]))
  },
)
