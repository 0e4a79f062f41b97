import { ODD_NAMES, sourceContract } from '../contract.ts'
import { OpensshGround, RcloneGround } from './grounds.ts'

const odd = [...ODD_NAMES, 'two\nlines', 'back\\slash']

sourceContract('SFTP, by OpenSSH with a key', () => OpensshGround.start(), { odd })
sourceContract('SFTP, by rclone with a password', () => RcloneGround.start())
