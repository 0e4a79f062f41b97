import { expect, test } from '@jest/globals'
import { columnType, columnTypeFault } from '../../src/staging/column-types.ts'

test.each([
  ['bigint', 'BIGINT'],
  [' Int ', 'INTEGER'],
  ['string', 'VARCHAR'],
  ['text', 'VARCHAR'],
  ['datetime', 'TIMESTAMP'],
  ['timestamp  with time zone', 'TIMESTAMPTZ'],
  ['numeric(10,2)', 'DECIMAL(10, 2)'],
  ['DECIMAL( 38 , 0 )', 'DECIMAL(38, 0)'],
  ['decimal(5)', 'DECIMAL(5, 0)'],
])('%s is %s', (type, sql) => {
  expect(columnTypeFault(type)).toBeUndefined()
  expect(columnType(type).sql).toBe(sql)
})

test.each([
  ['FLOAT', 'type FLOAT keeps 7 digits and would spoil 33597290; declare DOUBLE'],
  ['real', 'type real keeps 7 digits and would spoil 33597290; declare DOUBLE'],
  ['HUGEINT', 'type HUGEINT is not read exactly; declare DECIMAL(38, 0)'],
  ['DECIMAL', 'type DECIMAL needs its digits; declare DECIMAL(precision, scale), such as DECIMAL(18, 2)'],
  ['DECIMAL(39, 2)', 'type DECIMAL(39, 2): expected a precision of 1 to 38, got 39'],
  ['DECIMAL(2, 3)', 'type DECIMAL(2, 3): expected a scale of at most 2, the precision, got 3'],
])('%s is refused with what to declare', (type, fault) => {
  expect(columnTypeFault(type)).toBe(fault)
})

test.each(['BLOB', 'INTEGER[]', 'VARCHAR); DROP TABLE x', '', 'toString'])('%j is not supported', (type) => {
  expect(columnTypeFault(type)).toMatch(/is not supported; one of BOOLEAN, TINYINT, .*UUID, DECIMAL\(p, s\)$/)
})
