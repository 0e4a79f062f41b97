import { sourceFaults } from '../faults.ts'
import { sourceHttpFaults } from '../http-faults.ts'
import { S3Ground } from './s3-ground.ts'

sourceFaults('S3', () => S3Ground.start())

const SLOW_DOWN = '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>'
sourceHttpFaults('S3', () => S3Ground.start(), {
  throttled: { status: 503, headers: { 'content-type': 'application/xml' }, body: SLOW_DOWN },
})
