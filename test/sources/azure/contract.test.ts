import { sourceContract } from '../contract.ts'
import { AzureGround } from './azure-ground.ts'

sourceContract('Azure Blob', () => AzureGround.start())
