/** As the stores document what they send; shortened nowhere but in what identifies somebody. */

export function s3Record(bucket: string, key: string, eventName = 'ObjectCreated:Put') {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-west-2',
    eventTime: '1970-01-01T00:00:00.000Z',
    eventName,
    userIdentity: { principalId: 'AIDAJDPLRKLG7UEXAMPLE' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: {
      'x-amz-request-id': 'C3D13FE58DE4C810',
      'x-amz-id-2': 'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD',
    },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'testConfigRule',
      bucket: { name: bucket, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
        size: 1024,
        eTag: 'd41d8cd98f00b204e9800998ecf8427e',
        versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
        sequencer: '0055AED6DCD90281E5',
      },
    },
  }
}

export const s3Event = (bucket: string, ...keys: string[]) => ({ Records: keys.map((key) => s3Record(bucket, key)) })

export const S3_TEST_EVENT = {
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2014-10-13T15:57:02.089Z',
  Bucket: 'bucket',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
}

/** What a topic sends by HTTP, and into a queue. */
export const snsMessage = (message: unknown) => ({
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: 'arn:aws:sns:us-west-2:123456789012:MyTopic',
  Subject: 'Amazon S3 Notification',
  Message: JSON.stringify(message),
  Timestamp: '2012-05-02T00:54:06.655Z',
  SignatureVersion: '1',
  Signature: 'EXAMPLEw6JRN…',
  SigningCertURL: 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem',
  UnsubscribeURL:
    'https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-west-2:123456789012:MyTopic:c9135db0',
})

export const SNS_CONFIRMATION = {
  Type: 'SubscriptionConfirmation',
  MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
  Token: '2336412f37f…',
  TopicArn: 'arn:aws:sns:us-west-2:123456789012:MyTopic',
  Message:
    'You have chosen to subscribe to the topic arn:aws:sns:us-west-2:123456789012:MyTopic.\nTo confirm the subscription, visit the SubscribeURL included in this message.',
  SubscribeURL:
    'https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:123456789012:MyTopic&Token=2336412f37…',
  Timestamp: '2012-04-26T20:45:04.751Z',
  SignatureVersion: '1',
  Signature: 'EXAMPLEpH+…',
  SigningCertURL: 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem',
}

/** What a topic gives a function. */
export const snsToLambda = (message: unknown) => ({
  Records: [
    {
      EventVersion: '1.0',
      EventSubscriptionArn: 'arn:aws:sns:us-east-1:123456789012:sns-lambda:21be56ed-a058-49f5-8c98-aedd2564c486',
      EventSource: 'aws:sns',
      Sns: { ...snsMessage(message), MessageAttributes: {} },
    },
  ],
})

/** What a queue gives a function. */
export const sqsToLambda = (...bodies: unknown[]) => ({
  Records: bodies.map((body) => ({
    messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
    receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
    body: JSON.stringify(body),
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1545082649183' },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-2:123456789012:my-queue',
    awsRegion: 'us-east-2',
  })),
})

/** What a program receives from a queue. */
export const sqsReceived = (...bodies: unknown[]) => ({
  Messages: bodies.map((body) => ({
    MessageId: 'd6790f8d',
    ReceiptHandle: 'AQEB…',
    MD5OfBody: 'fafb',
    Body: JSON.stringify(body),
  })),
})

export const bridged = (bucket: string, key: string, type = 'Object Created') => ({
  version: '0',
  id: '17793124-05d4-b198-2fde-7ededc63b103',
  'detail-type': type,
  source: 'aws.s3',
  account: '111122223333',
  time: '2021-11-12T00:00:00Z',
  region: 'ca-central-1',
  resources: [`arn:aws:s3:::${bucket}`],
  detail: {
    version: '0',
    bucket: { name: bucket },
    object: {
      key,
      size: 5,
      etag: 'b1946ac92492d2347c6235b4d2611184',
      'version-id': 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
      sequencer: '617f08299329d189',
    },
    'request-id': 'N4N7GDK58NMKJ12R',
    requester: '123456789012',
    'source-ip-address': '1.2.3.4',
    reason: 'PutObject',
  },
})

const ACCOUNT_ID = '/subscriptions/{subscription-id}/resourceGroups/Storage/providers/Microsoft.Storage/storageAccounts/account'

const blobData = (container: string, path: string) => ({
  api: 'PutBlockList',
  clientRequestId: '6d79dbfb-0e37-4fc4-981f-442c9ca65760',
  requestId: '831e1650-001e-001b-66ab-eeb76e000000',
  eTag: '0x8D4BCC2E4835CD0',
  contentType: 'text/plain',
  contentLength: 524288,
  blobType: 'BlockBlob',
  url: `https://account.blob.core.windows.net/${container}/${encodeURIComponent(path).replaceAll('%2F', '/')}`,
  sequencer: '00000000000004420000000000028963',
  storageDiagnostics: { batchId: 'b68529f3-68cd-4744-baa4-3c0498ec19f0' },
})

export const gridEvent = (container: string, path: string, eventType = 'Microsoft.Storage.BlobCreated') => ({
  topic: ACCOUNT_ID,
  subject: `/blobServices/default/containers/${container}/blobs/${path}`,
  eventType,
  eventTime: '2017-06-26T18:41:00.9584103Z',
  id: '831e1650-001e-001b-66ab-eeb76e069631',
  data: blobData(container, path),
  dataVersion: '',
  metadataVersion: '1',
})

export const gridRenamed = (container: string, from: string, to: string) => ({
  ...gridEvent(container, from, 'Microsoft.Storage.BlobRenamed'),
  data: {
    api: 'RenameFile',
    destinationUrl: `https://account.dfs.core.windows.net/${container}/${to}`,
    sourceUrl: `https://account.dfs.core.windows.net/${container}/${from}`,
  },
})

export const gridCloudEvent = (container: string, path: string) => ({
  specversion: '1.0',
  source: ACCOUNT_ID,
  subject: `/blobServices/default/containers/${container}/blobs/${path}`,
  type: 'Microsoft.Storage.BlobCreated',
  time: '2017-06-26T18:41:00.9584103Z',
  id: '831e1650-001e-001b-66ab-eeb76e069631',
  data: blobData(container, path),
})

export const GRID_VALIDATION = [
  {
    id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66',
    topic: '/subscriptions/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
    subject: '',
    data: {
      validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6',
      validationUrl: 'https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/myeventsub/validate?id=0000000000',
    },
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: '2022-10-28T04:23:35.1981776Z',
    metadataVersion: '1',
    dataVersion: '1',
  },
]

export const pubsubMessage = (bucket: string, name: string, eventType = 'OBJECT_FINALIZE') => ({
  attributes: {
    notificationConfig: `projects/_/buckets/${bucket}/notificationConfigs/3`,
    eventType,
    payloadFormat: 'JSON_API_V1',
    bucketId: bucket,
    objectId: name,
    objectGeneration: '1136975896123456',
    eventTime: '2006-01-11T10:38:16.123456Z',
  },
  data: Buffer.from(JSON.stringify({ kind: 'storage#object', name, bucket })).toString('base64'),
  messageId: '136969346945',
  publishTime: '2014-10-02T15:01:23.045123456Z',
})

export const pubsubPush = (bucket: string, name: string) => ({
  message: pubsubMessage(bucket, name),
  subscription: 'projects/myproject/subscriptions/mysubscription',
})

export const gcsCloudEvent = (bucket: string, name: string, type = 'google.cloud.storage.object.v1.finalized') => ({
  specversion: '1.0',
  type,
  source: `//storage.googleapis.com/projects/_/buckets/${bucket}`,
  subject: `objects/${name}`,
  id: '1234-1234-1234',
  time: '2020-01-02T12:34:56.789Z',
  datacontenttype: 'application/json',
  data: { bucket, name, generation: '1587627537231057', size: '352', contentType: 'text/csv' },
})

export const pubsubCloudEvent = (bucket: string, name: string) => ({
  specversion: '1.0',
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  source: '//pubsub.googleapis.com/projects/myproject/topics/mytopic',
  id: '136969346945',
  data: pubsubPush(bucket, name),
})
