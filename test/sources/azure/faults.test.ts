import { sourceFaults } from '../faults.ts'
import { AzureGround } from './azure-ground.ts'

sourceFaults('Azure Blob', () => AzureGround.start())
