import { connect } from 'node:net'
import { expect, test } from '@jest/globals'
import { guardedLookup, refusedHost } from '../../src/sources/refused-address.ts'

test.each([
  '169.254.169.254',
  '169.254.0.1',
  '2852039166',
  '0xa9fea9fe',
  '::ffff:169.254.169.254',
  '[fe80::1]',
  'fd00:ec2::254',
  '100.100.100.200',
  'metadata.google.internal',
  'METADATA.google.internal.',
  'instance-data.ec2.internal',
])('%s is no place for files', (host) => {
  expect(refusedHost(host)).toMatch('is a link-local or metadata address')
})

test.each(['localhost', '127.0.0.1', '10.0.0.1', '::1', 'fd00::1', 'storage.example.com', 'metadata.example.com'])(
  '%s may be one',
  (host) => {
    expect(refusedHost(host)).toBeUndefined()
  },
)

test('a name is looked up as the system does, one address or all of them', async () => {
  const one = await new Promise((resolve) => guardedLookup('localhost', {}, (error, address) => resolve(error ?? address)))
  const all = await new Promise((resolve) => guardedLookup('localhost', { all: true }, (error, found) => resolve(error ?? found)))
  expect(['127.0.0.1', '::1']).toContain(one)
  expect(all).toEqual(expect.arrayContaining([expect.objectContaining({ address: one })]))
})

test('a name that leads to a refused address is refused when it is looked up', async () => {
  // The system's own lookup takes a number for an address, as a name server might answer one.
  const error = await new Promise((resolve) => {
    connect({ host: '2852039166', port: 80, lookup: guardedLookup }).once('error', resolve)
  })
  expect(error).toMatchObject({ code: 'SourceUnavailable', message: expect.stringContaining('169.254.169.254') })
})
