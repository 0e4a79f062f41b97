import { expect } from '@jest/globals'
import type { FileStatus } from '../../src/warehouse/ledger.ts'
import { explained } from '../harness/explained.ts'
import type { Running } from '../harness/running.ts'
import { until } from '../harness/until.ts'

/** One file's life: what happens to it, and how it is then. Its files are in a folder of its own, which is its partition. */
export interface Life {
  readonly happens: (folder: LifeFolder) => Promise<unknown>
  /** Share prices in the table, by file. */
  readonly table: Readonly<Record<string, readonly number[]>>
  /** `file#version status` of each entry. */
  readonly ledger: readonly string[]
  /** What `explain` says of a file, in this order. */
  readonly says: Readonly<Record<string, readonly string[]>>
}

export interface Lived {
  readonly table: Readonly<Record<string, readonly number[]>>
  readonly ledger: readonly string[]
  readonly says: Readonly<Record<string, string>>
}

/** The files of one life. */
export class LifeFolder {
  readonly key: string
  readonly running: Running

  constructor(key: string, running: Running) {
    this.key = key
    this.running = running
  }

  path(file: string): string {
    return this.running.workspace.path(`${this.key}/${file}`)
  }

  drop(file: string, content: string): Promise<void> {
    return this.running.workspace.drop(`${this.key}/${file}`, content)
  }

  /** Brings the partition up to date; a held file is an answer too. */
  async load(): Promise<void> {
    await this.running.tidemark.importPartition(this.running.pipeline, this.key).catch(() => undefined)
  }

  /** Waits until the newest version of a file has come to this. */
  async until(file: string, status: FileStatus): Promise<void> {
    await until(`${file} to be ${status}`, async () => {
      const entries = await this.running.worker.warehouse.files(this.running.pipeline, { path: `${this.key}/${file}` })
      return entries.some((entry) => entry.status === status)
    })
  }
}

/** All of them beside each other, on one worker. */
export async function live<Name extends string>(
  running: Running,
  lives: Readonly<Record<Name, Life>>,
): Promise<ReadonlyMap<string, Lived>> {
  const names = Object.entries<Life>(lives)
  await Promise.all(names.map(([name, { happens }]) => happens(new LifeFolder(folderOf(name), running))))
  const prices = await running.sharePrices()
  const ledger = await running.ledgerLines()
  const lived = names.map(async ([name, { says }]): Promise<[string, Lived]> => {
    const own = `${folderOf(name)}/`
    const mine = (path: string) => (path.startsWith(own) ? [path.slice(own.length)] : [])
    const told = await Promise.all(Object.keys(says).map(async (file) => [file, await explained(running, own + file)] as const))
    return [
      name,
      {
        table: Object.fromEntries(Object.entries(prices).flatMap(([path, list]) => mine(path).map((file) => [file, list]))),
        ledger: ledger.flatMap(mine),
        says: Object.fromEntries(told),
      },
    ]
  })
  return new Map(await Promise.all(lived))
}

/** The names are those of the table in the docs; a folder's is short and without spaces. */
function folderOf(name: string): string {
  return name.replaceAll(/[^a-z0-9]+/g, '-')
}

export function expectLived(lived: Lived | undefined, { table, ledger, says }: Life): void {
  expect(lived).toMatchObject({ ledger })
  expect(lived?.table).toEqual(table)
  for (const [file, texts] of Object.entries(says)) {
    const told = lived?.says[file] ?? ''
    let at = 0
    for (const text of texts) {
      expect(told.slice(at)).toContain(text)
      at = told.indexOf(text, at)
    }
  }
}
