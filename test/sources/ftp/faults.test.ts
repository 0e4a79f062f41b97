import { sourceFaults } from '../faults.ts'
import { FtpGround } from './ftp-ground.ts'

sourceFaults('FTP with TLS', () => FtpGround.start({ tls: true }))
sourceFaults('FTP without exact times', () => FtpGround.start({ old: true }), ['line'])
