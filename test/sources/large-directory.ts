import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import pMap from 'p-map'
import { prices } from '../harness/prices.ts'
import { type Ground, sourceOf } from './contract.ts'
import type { FilesGround } from './files-ground.ts'
import { live } from './live.ts'
import { patternOf } from './pattern.ts'

const FILES = 100_000

/** A folder of very many files on a real server: listed whole, in pages, and watched. */
export function largeDirectory(kind: string, start: () => Promise<Ground & { readonly files: FilesGround }>): void {
  test(`${kind}: a folder of ${FILES} files is listed in pages, each once, and a sensor finds what comes into it`, async () => {
    await using ground = await start()
    const { files } = ground
    const place = await ground.place()
    const folder = join(files.files, 'place 1+é')
    await mkdir(folder, { recursive: true })
    await pMap(Array(FILES).keys(), (index) => writeFile(join(folder, `${index}.txt`), ''), { concurrency: 32 })
    const source = sourceOf(place.source)
    const found = new Set<string>()
    for await (const page of source.list(patternOf('{partition}.txt'), new AbortController().signal)) {
      expect(page.length).toBeLessThanOrEqual(1_000)
      for (const { path } of page) found.add(path)
    }
    expect(found.size).toBe(FILES)

    await place.put('a.csv', prices(1))
    await using alive = await live(place.source, { onDeleted: 'remove', sensor: { every: '5s' } })
    const { running, becomes } = alive
    await running.outcome('a.csv')
    await place.put('b.csv', prices(2))
    await running.outcome('b.csv')
    await becomes('watching')
    expect(await running.ledgerLines()).toEqual(['a.csv#1 loaded', 'b.csv#1 loaded'])
  })
}
