import { sourceContract } from '../contract.ts'
import { GcsGround } from './gcs-ground.ts'

sourceContract('Google Cloud Storage', () => GcsGround.start())
