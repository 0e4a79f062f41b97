import { sourceContract } from '../contract.ts'
import { FtpGround } from './ftp-ground.ts'

sourceContract('FTP with TLS', () => FtpGround.start({ tls: true }))
sourceContract('FTP without TLS', () => FtpGround.start())
sourceContract('FTP without exact times', () => FtpGround.start({ old: true }))
