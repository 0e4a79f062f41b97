import { sourceLife } from '../life.ts'
import { OpensshGround } from './grounds.ts'

sourceLife('SFTP', () => OpensshGround.start())
