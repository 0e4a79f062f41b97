import { expect, test } from '@jest/globals'
import * as define from '../../src/config/define.ts'
import * as tidemark from '../../src/index.ts'

test('whatever a config is written with can be imported', () => {
  expect(Object.keys(tidemark)).toEqual(expect.arrayContaining(Object.keys(define)))
})
