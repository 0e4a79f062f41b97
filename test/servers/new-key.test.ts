import { expect, test } from '@jest/globals'
import ssh2 from 'ssh2'
import { newKey } from './new-key.ts'

test('every key can be read', () => {
  for (let key = 0; key < 500; key++) expect(ssh2.utils.parseKey(newKey().private)).not.toBeInstanceOf(Error)
  expect(ssh2.utils.parseKey(newKey('opens-it').private, 'opens-it')).not.toBeInstanceOf(Error)
})
