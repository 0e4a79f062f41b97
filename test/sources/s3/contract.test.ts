import { sourceContract } from '../contract.ts'
import { S3Ground } from './s3-ground.ts'

sourceContract('S3', () => S3Ground.start())
