import { writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readSensor } from '../../src/client/sensor-state.ts'
import { prices } from '../harness/prices.ts'
import { until } from '../harness/until.ts'
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
    for (let index = 0; index < FILES; index++) writeFileSync(join(folder, `${index}.txt`), '')
    const source = sourceOf(place.source)
    const found = new Set<string>()
    for await (const page of source.list(patternOf('{partition}.txt'), new AbortController().signal)) {
      expect(page.length).toBeLessThanOrEqual(1_000)
      for (const { path } of page) found.add(path)
    }
    expect(found.size).toBe(FILES)

    await using alive = await live(place.source, { onDeleted: 'remove', sensor: { every: '5s' } })
    const { running, becomes } = alive
    await until('a whole listing', async () => (await readSensor(running.client, running.pipeline))?.sweptAt)
    await place.put('a.csv', prices(1))
    await running.outcome('a.csv')
    await becomes('watching')
    expect(await running.ledgerLines()).toEqual(['a.csv#1 loaded'])
  })
}
