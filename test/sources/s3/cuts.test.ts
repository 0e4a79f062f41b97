import { sourceCuts } from '../cuts.ts'
import { S3Ground } from './s3-ground.ts'

sourceCuts('S3', () => S3Ground.start())
