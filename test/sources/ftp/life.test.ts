import { sourceLife } from '../life.ts'
import { FtpGround } from './ftp-ground.ts'

sourceLife('FTP with TLS', () => FtpGround.start({ tls: true }))
sourceLife('FTP without exact times', () => FtpGround.start({ old: true }), { brief: true })
