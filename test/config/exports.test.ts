import { expect, test } from '@jest/globals'
import * as define from '../../src/config/define.ts'
import * as entry from '../../src/index.ts'

test('all that a config is written with can be imported from the package', () => {
  expect(Object.keys(entry)).toEqual(expect.arrayContaining(Object.keys(define)))
})
