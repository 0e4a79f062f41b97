import { largeDirectory } from '../large-directory.ts'
import { FtpGround } from './ftp-ground.ts'

largeDirectory('FTP', () => FtpGround.start())
