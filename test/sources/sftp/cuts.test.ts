import { sourceCuts } from '../cuts.ts'
import { OpensshGround } from './grounds.ts'

sourceCuts('SFTP', () => OpensshGround.start())
