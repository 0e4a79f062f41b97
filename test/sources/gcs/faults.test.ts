import { sourceFaults } from '../faults.ts'
import { GcsGround } from './gcs-ground.ts'

sourceFaults('Google Cloud Storage', () => GcsGround.start())
