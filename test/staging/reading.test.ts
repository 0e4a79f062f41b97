import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Bench, rowsOf, type Settings } from './staging-folder.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.create()
})
afterAll(() => bench[Symbol.asyncDispose]())

const good: readonly [name: string, content: string, rows: unknown, settings?: Settings][] = [
  [
    'a plain file',
    'a,b\nx,1\ny,2\n',
    [
      ['x', '1'],
      ['y', '2'],
    ],
  ],
  ['no last line end', 'a,b\nx,1', [['x', '1']]],
  [
    'CRLF',
    'a,b\r\nx,1\r\ny,2\r\n',
    [
      ['x', '1'],
      ['y', '2'],
    ],
  ],
  [
    'CR',
    'a,b\rx,1\ry,2\r',
    [
      ['x', '1'],
      ['y', '2'],
    ],
  ],
  [
    'CR without a last one',
    'a,b\rx,1\ry,2',
    [
      ['x', '1'],
      ['y', '2'],
    ],
  ],
  ['a byte order mark', '\uFEFFa,b\nx,1\n', [['x', '1']]],
  ['a byte order mark before a quoted header', '\uFEFF"a","b"\r\nx,1\r\n', [['x', '1']]],
  ['a header only', 'a,b\n', []],
  ['a header without a line end', 'a,b', []],
  ['a header with CR', 'a,b\r', []],
  [
    'blank lines',
    '\n\na,b\n\nx,1\n\n\ny,2\n\n',
    [
      ['x', '1'],
      ['y', '2'],
    ],
  ],
  ['blank CRLF lines', '\r\na,b\r\n\r\nx,1\r\n\r\n', [['x', '1']]],
  [
    'quoted line ends',
    'a,b\n"x\r\n\n\r",1\ny,2\n',
    [
      ['x\r\n\n\r', '1'],
      ['y', '2'],
    ],
  ],
  ['a quoted line end in the header', '"a\n",b\nx,1\n', [['x', '1']]],
  ['quotes in quotes', 'a,b\n"x ""y"", z",1\n', [['x "y", z', '1']]],
  ['quotes in the middle', 'a,b\n5" disk,1\n', [['5" disk', '1']]],
  ['blanks around quotes', 'a,b\n "x" , "1"\n', [['x', '1']]],
  [
    'blanks in a VARCHAR',
    'a,b\n  x  ,1\n" y ",2\n',
    [
      ['  x  ', '1'],
      [' y ', '2'],
    ],
  ],
  ['columns in another order', 'b,a\n1,x\n', [['x', '1']]],
  ['other letter case and blanks in the header', ' B , "A "\n1,x\n', [['x', '1']]],
  [
    'empty cells, quoted or not',
    'a,b\n,\n"",""\n',
    [
      [null, null],
      [null, null],
    ],
  ],
  [
    'texts that mean no value',
    'a,b\nNA,-\n"NA",1\nna,2\n',
    [
      [null, null],
      [null, '1'],
      ['na', '2'],
    ],
    { csv: { nullText: ['NA', '-'] } },
  ],
  [
    'no header',
    'x,1\ny,2\n',
    [
      ['x', '1'],
      ['y', '2'],
    ],
    { csv: { header: false } },
  ],
  ['no header and a byte order mark', '\uFEFFx,1\n', [['x', '1']], { csv: { header: false } }],
  ['no header and blank lines', '\n\nx,1\n', [['x', '1']], { csv: { header: false } }],
  ['one column with blank lines', 'a\n\nx\n\n""\n\n', [['x'], [null]], { columns: { a: 'VARCHAR' } }],
  ['semicolons', 'a;b\n"x;y";1\n', [['x;y', '1']], { csv: { delimiter: ';' } }],
  ['tabs', 'a\tb\nx\t1\n', [['x', '1']], { csv: { delimiter: '\t' } }],
  ['a delimiter of two bytes', 'a§b\n"x§y"§1\n', [['x§y', '1']], { csv: { delimiter: '§' } }],
  ['another escape', 'a,b\n"x \\"y\\\\",1\n', [['x "y\\', '1']], { csv: { escape: '\\' } }],
  ['another quote', "a,b\n'x, \"y',1\n", [['x, "y', '1']], { csv: { quote: "'", escape: "'" } }],
  [
    'SQL and odd names in columns',
    '"x\'); DROP TABLE rows; --","we""ird"\n1,2\n',
    [['1', '2']],
    { columns: { "x'); DROP TABLE rows; --": 'BIGINT', 'we"ird': 'BIGINT' } },
  ],
  ['characters of four bytes', 'a,b\n😀€é,1\n', [['😀€é', '1']]],
]

test.each(good.map(([name, content, rows, settings]) => ({ name, content, rows, settings })))(
  'reads $name',
  async ({ content, rows, settings }) => {
    expect(await rowsOf(await bench.stageOne(content, settings))).toEqual(rows)
  },
)

const held: readonly [name: string, content: string | Buffer, reason: string, settings?: Settings][] = [
  ['0 bytes', '', 'is empty: 0 bytes'],
  ['blank lines only', '\n\n', 'holds no header and no rows, only blank lines'],
  ['a Latin-1 byte', Buffer.from('a,b\nx,1\n\xe9,2\n', 'latin1'), 'is not UTF-8: line 3, byte 8 of the text; save it as UTF-8'],
  [
    'a character cut short at the end',
    Buffer.from('a,b\nx,1\n\xc3', 'latin1'),
    'is not UTF-8: line 3, byte 8 of the text; save it as UTF-8',
  ],
  ['UTF-16', Buffer.from('\uFEFFa,b\nx,1\n', 'utf16le'), 'is not UTF-8: line 1, byte 0 of the text; save it as UTF-8'],
  ['a NUL byte', 'a,b\nx,1\nx\0y,2\n', 'line 3 holds a NUL byte; a text file has none'],
  ['mixed line ends', 'a,b\nx,1\ny,2\r\nz,3\n', 'line 3 ends with CRLF, the lines before it with LF; use one of them'],
  ['a short record', 'a,b\nx,1\n"y\n"\nz,3\n', '1 bad row at line 3: 1 field where 2 are expected'],
  ['a long record', 'a,b\nx,1,2\ny,2\nz,3,4,5\n', '2 bad rows; first at line 2: 3 fields where 2 are expected'],
  ['empty fields after the last column', 'a,b\nx,1,\n', '1 bad row at line 2: 3 fields where 2 are expected'],
  ['a line of blanks', 'a,b\nx,1\n   \n', '1 bad row at line 3: 1 field where 2 are expected'],
  ['text after a closing quote', 'a,b\n"x"y,1\n', '1 bad row at line 2: text after a closing quote'],
  ['a quote that is never closed', 'a,b\nx,1\n"y,2\nz,3\n', '1 bad row at line 3: a quote that is never closed'],
  [
    'an escape that escapes nothing',
    'a,b\n"x\\ny",1\n',
    '1 bad row at line 2: an escape character that escapes nothing',
    { csv: { escape: '\\' } },
  ],
  [
    'a line that is too long',
    `a,b\n${'x'.repeat(3_000_000)},1\n`,
    'line 2 is longer than 2097152 bytes; is a quote in it never closed?',
  ],
  ['too few fields without a header', 'x\n', '1 bad row at line 1: 1 field where 2 are expected', { csv: { header: false } }],
  ['0 bytes without a header', '', 'is empty: 0 bytes', { csv: { header: false } }],
  ['a missing column', 'a\nx\n', 'the header (line 1) does not match the columns: missing b'],
  ['an unexpected column', 'a,b,c\nx,1,2\n', 'the header (line 1) does not match the columns: unexpected c'],
  ['a column without a name', 'a,b,\nx,1,\n', "the header (line 1) does not match the columns: unexpected '' (no name)"],
  ['a repeated column', '\na,B,b\nx,1,2\n', 'the header (line 2) does not match the columns: repeated b'],
  ['all three', 'a,A,c\nx,1,2\n', 'the header (line 1) does not match the columns: missing b; unexpected c; repeated a'],
  [
    'data in place of the header',
    'secret,1\nx,2\n',
    'line 1 is not a header: none of its 2 fields is a declared column (a, b); if files have no header, set csv.header to false',
  ],
  [
    'another delimiter',
    'a;b\nx;1\n',
    'line 1 is not a header: none of its 1 field is a declared column (a, b); its fields are separated by ";": set csv.delimiter',
  ],
  ['a header that is not CSV', '"a"x,b\nx,1\n', 'the header (line 1) is not valid CSV; look at its quotes'],
]

describe('holds', () => {
  test.each(held.map(([name, content, reason, settings]) => ({ name, content, reason, settings })))(
    '$name',
    async ({ content, reason, settings }) => {
      const staged = await bench.stageOne(content, settings)
      expect(staged).toMatchObject({ verdict: 'held', reason, checks: [] })
    },
  )
})

test('keeps the text of bad records apart from the reason', async () => {
  const staged = await bench.stageOne('a,b\n"se\ncret",1,2\nx,2\ny\n')
  expect(staged).toMatchObject({
    verdict: 'held',
    reason: '2 bad rows; first at line 2: 3 fields where 2 are expected',
    rejected: [
      { line: 2, column: null, error: '3 fields where 2 are expected', text: '"se\ncret",1,2' },
      { line: 5, column: null, error: '1 field where 2 are expected', text: 'y' },
    ],
  })
})

test('counts every bad record and keeps the first 1,000', async () => {
  const staged = await bench.stageOne(`a,b\n${'x\n'.repeat(5_000)}`)
  expect(staged).toMatchObject({ reason: '5000 bad rows; first at line 2: 1 field where 2 are expected' })
  expect(staged.verdict === 'held' && staged.rejected.length).toBe(1_000)
})
