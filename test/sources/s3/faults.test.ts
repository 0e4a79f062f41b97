import { sourceFaults } from '../faults.ts'
import { S3Ground } from './s3-ground.ts'

sourceFaults('S3', () => S3Ground.start())
