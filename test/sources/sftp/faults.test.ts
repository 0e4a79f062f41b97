import { sourceFaults } from '../faults.ts'
import { OpensshGround, RcloneGround } from './grounds.ts'

sourceFaults('SFTP with a key', () => OpensshGround.start())
sourceFaults('SFTP with a password', () => RcloneGround.start(), ['credentials'])
