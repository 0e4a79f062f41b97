import { sourceCuts } from '../cuts.ts'
import { GcsGround } from './gcs-ground.ts'

sourceCuts('Google Cloud Storage', () => GcsGround.start())
