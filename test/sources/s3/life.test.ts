import { sourceLife } from '../life.ts'
import { S3Ground } from './s3-ground.ts'

sourceLife('S3', () => S3Ground.start())
