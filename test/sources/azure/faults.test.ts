import { sourceFaults } from '../faults.ts'
import { sourceHttpFaults } from '../http-faults.ts'
import { AzureGround } from './azure-ground.ts'

sourceFaults('Azure Blob', () => AzureGround.start())

const SERVER_BUSY = '<?xml version="1.0"?><Error><Code>ServerBusy</Code><Message>The server is busy.</Message></Error>'
sourceHttpFaults('Azure Blob', () => AzureGround.start(), {
  throttled: { status: 503, headers: { 'content-type': 'application/xml', 'x-ms-error-code': 'ServerBusy' }, body: SERVER_BUSY },
})
