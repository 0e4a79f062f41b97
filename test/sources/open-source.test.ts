import { expect, test } from '@jest/globals'
import { openSource } from '../../src/sources/open-source.ts'
import { pathsOf, put, withFolder } from './folder.ts'
import { patternOf } from './pattern.ts'

test('a pipeline with a local folder reads from there', () =>
  withFolder(async (folder) => {
    await put(folder, '2018-01-22.csv')
    const files = '{partition}.csv'
    const source = openSource({
      kind: 'local',
      folder,
      files,
      settleMs: 2000,
      identity: 'stat',
      done: undefined,
      manifest: undefined,
    })
    expect(await pathsOf(source, patternOf(files))).toEqual(['2018-01-22.csv'])
  }))
