import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { above } from '../../src/checks/builders.ts'
import { Bench, rowsOf } from './staging-folder.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.create()
})
afterAll(() => bench[Symbol.asyncDispose]())

const CONTENT = 'Note,b,more\n" x ",1,\n,2,"{""q"": \'1\'}"\n,3,\n'

test('adds the columns that are not declared, as texts; one that is missing is NULL', async () => {
  const staged = await bench.stageOne(CONTENT, { onSchemaChange: 'addColumns' })
  expect(await rowsOf(staged)).toEqual([
    [null, '1', ' x ', null],
    [null, '2', null, '{"q": \'1\'}'],
    [null, '3', null, null],
  ])
  expect(staged).toMatchObject({ added: ['Note', 'more'] })
})

test('rescues cells of columns that are not declared as JSON, NULL where there is none', async () => {
  const settings = { onSchemaChange: 'rescue' } as const
  expect(await rowsOf(await bench.stageOne(CONTENT, settings))).toEqual([
    [null, '1', '{"Note":" x "}'],
    [null, '2', '{"more":"{\\"q\\": \'1\'}"}'],
    [null, '3', null],
  ])
  expect(await rowsOf(await bench.stageOne('b,a\n1,x\n', settings))).toEqual([['x', '1', null]])
  expect(await rowsOf(await bench.stageOne('b\n1\n\n2\n', settings))).toEqual([
    [null, '1', null],
    [null, '2', null],
  ])
})

test.each(['addColumns', 'rescue'] as const)(
  '%s: bad cells and missing columns are found all the same',
  async (onSchemaChange) => {
    expect(await bench.stageOne('c,b\n1,x\n2,2\n', { onSchemaChange })).toMatchObject({
      verdict: 'held',
      reason: '1 bad row at line 2, column b: not a whole number that BIGINT holds',
    })
    const limits = { rows: 2, share: undefined }
    expect(await bench.stageOne('c,b\n1,x\n2,2\n3\n', { onSchemaChange, onBadRows: limits })).toMatchObject({ rows: 1 })
    expect(await bench.stageOne('a\nx\n', { onSchemaChange, checks: [above('b', 0)] })).toMatchObject({ verdict: 'held' })
  },
)

describe.each(['addColumns', 'rescue'] as const)('%s holds', (onSchemaChange) => {
  test.each([
    ['no declared column', 'x,y\n1,2\n', 'line 1 is not a header: none of its 2 fields is a declared column (a, b)'],
    ['a column without a name', 'a,\nx,1\n', "the header (line 1) does not match the columns: unexpected '' (no name)"],
    ['one that comes twice', 'a,c, C \nx,1,2\n', 'the header (line 1) does not match the columns: unexpected C'],
    ['a declared one that comes twice', 'a,A,c\nx,1,2\n', 'the header (line 1) does not match the columns: repeated a'],
    ['a name of ours', 'a,_Tidemark_File\nx,1\n', 'the header (line 1) does not match the columns: unexpected _Tidemark_File'],
    ['a name that is too long', `a,${'n'.repeat(201)}\nx,1\n`, 'the header (line 1) does not match the columns: unexpected nnn'],
    [
      'too many',
      `a,${Array.from({ length: 501 }, (_, n) => `n${n}`).join(',')}\n`,
      'the header (line 1) does not match the columns: unexpected n500',
    ],
  ])('%s', async (_, content, reason) => {
    expect(await bench.stageOne(content, { onSchemaChange })).toMatchObject({
      verdict: 'held',
      reason: expect.stringMatching(reason.replaceAll(/[()]/g, '\\$&')),
    })
  })
})
