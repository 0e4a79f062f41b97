import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readEvent } from '../../../src/client/events/read-event.ts'
import * as sent from './payloads.ts'

const ODD = 'some prefix/a+b & c/Zürich 🌊 100%25.csv'
const ODD_PATH = 'a+b & c/Zürich 🌊 100%25.csv'

describe('S3', () => {
  const source = 's3://bucket/some prefix'
  const event = sent.s3Event('bucket', ODD)

  test.each<[string, unknown]>([
    ['a notification as it is', event],
    ['as text', JSON.stringify(event)],
    ['as bytes', Buffer.from(JSON.stringify(event))],
    ["as an HTTP request's body", { httpMethod: 'POST', headers: {}, body: JSON.stringify(event) }],
    ['by SNS, over HTTP', sent.snsMessage(event)],
    ['by SNS, to a function', sent.snsToLambda(event)],
    ['by SQS, to a function', sent.sqsToLambda(event)],
    ['by SNS and SQS, to a function', sent.sqsToLambda(sent.snsMessage(event))],
    ['by SQS, to a program', sent.sqsReceived(event)],
    ['one message of that', sent.sqsReceived(event).Messages[0]],
    ['by EventBridge', sent.bridged('bucket', ODD)],
    ['by EventBridge and SQS', sent.sqsToLambda(sent.bridged('bucket', ODD))],
  ])('%s', (_, received) => {
    expect(readEvent(received, source)).toEqual({ paths: [ODD_PATH] })
  })

  test('what is new is told once, and nothing else: not what was removed, is elsewhere, or is the prefix itself', () => {
    const Records = [
      sent.s3Record('bucket', 'some prefix/a.csv'),
      sent.s3Record('bucket', 'some prefix/a.csv', 's3:ObjectCreated:CompleteMultipartUpload'),
      sent.s3Record('bucket', 'some prefix/thawed.csv', 'ObjectRestore:Completed'),
      sent.s3Record('bucket', 'some prefix/removed.csv', 'ObjectRemoved:Delete'),
      sent.s3Record('bucket', 'some prefix/tagged.csv', 'ObjectTagging:Put'),
      sent.s3Record('bucket', 'some prefix/'),
      sent.s3Record('bucket', 'some prefixes/a.csv'),
      sent.s3Record('another', 'some prefix/a.csv'),
    ]
    expect(readEvent({ Records }, source).paths).toEqual(['a.csv', 'thawed.csv'])
    expect(readEvent(sent.bridged('bucket', 'some prefix/a.csv', 'Object Deleted'), source).paths).toEqual([])
    expect(readEvent(sent.gcsCloudEvent('bucket', 'some prefix/a.csv'), source).paths).toEqual([])
  })

  test('the first words of a bucket and of a topic are told apart', () => {
    expect(readEvent(sent.S3_TEST_EVENT, source)).toEqual({ paths: [] })
    expect(readEvent(sent.snsMessage(sent.S3_TEST_EVENT), source)).toEqual({ paths: [] })
    expect(readEvent(sent.SNS_CONFIRMATION, source)).toEqual({ paths: [], confirm: sent.SNS_CONFIRMATION.SubscribeURL })
  })

  test('a server that does not encode keys is understood where that can be', () => {
    const record = sent.s3Record('bucket', 'x')
    const object = { ...record.s3.object, key: '100%.csv' }
    expect(readEvent({ Records: [{ ...record, s3: { ...record.s3, object } }] }, 's3://bucket').paths).toEqual(['100%.csv'])
  })

  test('any key comes out as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        expect(readEvent(sent.sqsToLambda(sent.s3Event('bucket', key)), 's3://bucket/')).toEqual({ paths: [key] })
      }),
    )
  })
})

describe('Azure', () => {
  const source = 'az://account/container/some prefix/'

  test.each<[string, unknown]>([
    ["in Event Grid's own schema", [sent.gridEvent('container', ODD)]],
    ['as a CloudEvent', sent.gridCloudEvent('container', ODD)],
    ['as CloudEvents, in a list', [sent.gridCloudEvent('container', ODD)]],
    ['as text', JSON.stringify([sent.gridEvent('container', ODD)])],
  ])('%s', (_, received) => {
    expect(readEvent(received, source)).toEqual({ paths: [ODD_PATH] })
  })

  test('what is new is told, and nothing else', () => {
    const events = [
      sent.gridEvent('container', 'some prefix/a.csv'),
      sent.gridEvent('container', 'some prefix/b.csv', 'Microsoft.Storage.BlobDeleted'),
      sent.gridEvent('another', 'some prefix/c.csv'),
      sent.gridRenamed('container', 'some prefix/old.csv', 'some%20prefix/new.csv'),
    ]
    expect(readEvent(events, source)).toEqual({ paths: ['a.csv', 'new.csv'] })
    expect(readEvent(events, 'az://elsewhere/container/some prefix')).toEqual({ paths: [] })
  })

  test('the request that asks whether the subscription is wanted gets its answer', () => {
    expect(readEvent(sent.GRID_VALIDATION, source)).toEqual({
      paths: [],
      answer: { validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' },
    })
  })
})

describe('Google Cloud Storage', () => {
  const source = 'gs://bucket/some prefix'

  test.each<[string, unknown]>([
    ['by Pub/Sub, pushed', sent.pubsubPush('bucket', ODD)],
    ['by Pub/Sub, pulled', { receivedMessages: [{ ackId: 'x', message: sent.pubsubMessage('bucket', ODD) }] }],
    ['by Pub/Sub, one message', sent.pubsubMessage('bucket', ODD)],
    ['by Pub/Sub, to a function', sent.pubsubCloudEvent('bucket', ODD)],
    ['by Eventarc', sent.gcsCloudEvent('bucket', ODD)],
  ])('%s', (_, received) => {
    expect(readEvent(received, source)).toEqual({ paths: [ODD_PATH] })
  })

  test('what is new is told, and nothing else', () => {
    expect(readEvent(sent.pubsubMessage('bucket', 'some prefix/a.csv', 'OBJECT_DELETE'), source).paths).toEqual([])
    expect(
      readEvent(sent.gcsCloudEvent('bucket', 'some prefix/a.csv', 'google.cloud.storage.object.v1.deleted'), source).paths,
    ).toEqual([])
    expect(readEvent(sent.pubsubPush('another', 'some prefix/a.csv'), source).paths).toEqual([])
  })
})

test('what is no such event is told, without its values', () => {
  for (const event of [undefined, null, 7, 'secret', '"secret"', {}, { password: 'secret' }, [{ Records: [{ secret: 1 }] }]]) {
    const error = expect(() => readEvent(event, 's3://bucket'))
    error.toThrow(/^Expected an event of S3, Azure Event Grid or Google Cloud Storage, got /)
    error.not.toThrow(/: secret/)
  }
  expect(readEvent([], 's3://bucket')).toEqual({ paths: [] })
  expect(readEvent({ Records: [] }, 's3://bucket')).toEqual({ paths: [] })
  for (const source of ['sftp://host/folder', 'bucket', 'az://account', ''])
    expect(() => readEvent([], source)).toThrow(/^Expected the address of a source that sends events/)
})

test('nothing that is sent brings it down', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (event) => {
      try {
        expect(readEvent(event, 's3://bucket').paths).toEqual([])
      } catch (error) {
        expect(error).toMatchObject({ code: 'UsageError' })
      }
    }),
  )
  let deep: unknown = sent.s3Event('bucket', 'a.csv')
  for (let times = 0; times < 10_000; times++) deep = { message: deep }
  expect(() => readEvent(deep, 's3://bucket')).toThrow(/got none/)
})
