import { sourceCuts } from '../cuts.ts'
import { AzureGround } from './azure-ground.ts'

sourceCuts('Azure Blob', () => AzureGround.start())
