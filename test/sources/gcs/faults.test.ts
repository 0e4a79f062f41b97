import { sourceFaults } from '../faults.ts'
import { sourceHttpFaults } from '../http-faults.ts'
import { GcsGround } from './gcs-ground.ts'

sourceFaults('Google Cloud Storage', () => GcsGround.start())

const TOO_MANY = JSON.stringify({ error: { code: 429, message: 'Too many', errors: [{ reason: 'rateLimitExceeded' }] } })
sourceHttpFaults('Google Cloud Storage', () => GcsGround.start(), {
  throttled: { status: 429, headers: { 'content-type': 'application/json' }, body: TOO_MANY },
  follows: true,
})
