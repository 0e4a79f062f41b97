import { sourceLife } from '../life.ts'
import { GcsGround } from './gcs-ground.ts'

sourceLife('Google Cloud Storage', () => GcsGround.start())
