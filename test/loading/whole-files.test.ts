import { rm, writeFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { localFolder } from '../../src/config/define.ts'
import { prices } from '../harness/prices.ts'
import { Watched } from '../watching/watched.ts'

test('with a done marker a file waits for it, is loaded without settling, and a corrected one waits for a new one', async () => {
  await using watched = await Watched.create({
    source: localFolder('source', { files: '{partition}.csv{,.done}', settle: '1h', done: '{file}.done' }),
  })
  const { workspace } = watched
  await workspace.drop('day.csv', prices(1))
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
  expect(await watched.load('day')).toMatchObject({ state: 'waiting', reason: 'day.csv: waits for its marker day.csv.done' })
  expect(await watched.now('day.csv')).toBe('new: waits for its marker day.csv.done; the sensor loads it then')

  await workspace.drop('day.csv.done', '')
  expect(await watched.readyKeys()).toEqual(['day'])
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 1 })

  await workspace.drop('day.csv', prices(2, 3))
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
  expect(await watched.load('day')).toMatchObject({ state: 'waiting', rows: 1 })
  const older = 'its marker day.csv.done is older than the file: write it again'
  expect(await watched.now('day.csv')).toBe(`changed: ${older}; the sensor loads it then`)
  expect(await watched.sharePrices()).toEqual({ 'day.csv': [1] })

  await workspace.drop('day.csv.done', '')
  expect(await watched.readyKeys()).toEqual(['day'])
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 2 })
  expect(await watched.sharePrices()).toEqual({ 'day.csv': [2, 3] })
  expect(await watched.ledger()).toEqual(['day.csv#1 superseded', 'day.csv#2 loaded'])
})

test('with a manifest all that it names must be there, with as many rows; what it does not name waits', async () => {
  await using watched = await Watched.create({
    source: localFolder('source', { files: '{partition}/*.csv', manifest: '{partition}/manifest.json' }),
  })
  const { workspace } = watched
  const manifest = JSON.stringify({
    files: [
      { name: 'a.csv', rows: 1 },
      { name: 'b.csv', rows: 8 },
    ],
  })
  const waiting = (reason: string) => expect.objectContaining({ state: 'waiting', reason: `day/a.csv: ${reason}` })
  await workspace.drop('day/a.csv', prices(1))
  await workspace.drop('day/other.csv', prices(9))
  expect(await watched.load('day')).toEqual(waiting('waits for its manifest day/manifest.json'))

  await writeFile(workspace.path('day/manifest.json'), manifest.slice(0, -5))
  const cut = 'its manifest day/manifest.json cannot be read: it is no JSON, or is not written to its end'
  expect(await watched.load('day')).toEqual(waiting(cut))
  expect(await watched.now('day/a.csv')).toBe(`new: ${cut}; the sensor loads it then`)

  await writeFile(workspace.path('day/manifest.json'), manifest)
  expect(await watched.look()).toEqual({ many: false, partitions: [] })
  expect(await watched.load('day')).toEqual(waiting('waits for day/b.csv, which the manifest day/manifest.json also names'))
  await workspace.drop('day/b.csv', prices(2, 3))
  await writeFile(workspace.path('day/manifest.json'), manifest)
  expect(await watched.readyKeys()).toEqual(['day'])
  const held = 'the manifest says 8 rows, it has 2'
  expect(await watched.load('day')).toMatchObject({ state: 'held', reason: `day/b.csv: ${held}` })
  expect(await watched.sharePrices()).toEqual({ 'day/a.csv': [1] })
  expect(await watched.ledger()).toEqual(['day/a.csv#1 loaded', `day/b.csv#1 held: ${held}`])
  expect(await watched.now('day/other.csv')).toBe(
    'new: not named in the manifest day/manifest.json: add it there to have it loaded; the sensor loads it then',
  )

  await workspace.drop('day/b.csv', prices(4))
  expect(await watched.load('day')).toMatchObject({
    reason: 'day/b.csv: its manifest day/manifest.json is older than the file: write it again',
  })
  await workspace.drop('day/manifest.json', manifest.replace('8', '1'))
  expect(await watched.load('day')).toMatchObject({ state: 'loaded', rows: 2 }) // though nobody named other.csv
  expect(await watched.sharePrices()).toEqual({ 'day/a.csv': [1], 'day/b.csv': [4] })
})

test('a manifest may name what was moved after its load, and what it counts is counted again though the bytes are the same', async () => {
  await using watched = await Watched.create({
    source: localFolder('source', { files: '{partition}/*.csv', manifest: '{partition}/manifest.json' }),
    afterLoad: 'move',
  })
  const { workspace } = watched
  const name = (rows: number) =>
    workspace.drop('day/manifest.json', JSON.stringify({ files: [{ name: 'a.csv' }, { name: 'b.csv', rows }] }))
  await workspace.drop('day/a.csv', prices(1))
  await workspace.drop('day/b.csv', prices(-2))
  await name(1)
  expect(await watched.load('day')).toMatchObject({ state: 'held' })
  await workspace.drop('day/b.csv', prices(2))
  await name(1)
  expect(await watched.load('day')).toMatchObject({ state: 'loaded' })
  expect(await watched.sharePrices()).toEqual({ 'day/a.csv': [1], 'day/b.csv': [2] })
  await workspace.drop('day/b.csv', prices(2))
  await name(7)
  expect(await watched.load('day')).toMatchObject({ state: 'held', reason: 'day/b.csv: the manifest says 7 rows, it has 1' })
})

test('what can never be loaded is held without waiting for a marker', async () => {
  await using watched = await Watched.create({
    partitions: { kind: 'daily', start: '2018-01-01' },
    source: localFolder('source', { files: '{partition}.csv', done: '{file}.done' }),
    arrival: { files: 2 },
  })
  await watched.workspace.drop('2018-02-30.csv', prices(1))
  expect(await watched.readyKeys()).toEqual(['2018-02-30'])
  await rm(watched.workspace.path('2018-02-30.csv'))
})
