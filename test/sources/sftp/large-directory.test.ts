import { largeDirectory } from '../large-directory.ts'
import { OpensshGround } from './grounds.ts'

largeDirectory('SFTP', () => OpensshGround.start())
