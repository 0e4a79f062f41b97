import { sourceLife } from '../life.ts'
import { AzureGround } from './azure-ground.ts'

sourceLife('Azure Blob', () => AzureGround.start())
