import type { Pipeline } from '../config/pipeline.ts'
import { AZURE, FTP, GCS, S3, SFTP } from './capabilities.ts'
import { withContentIdentity } from './content-identity.ts'
import { lazySource } from './lazy-source.ts'
import { localSource } from './local/local-source.ts'
import type { Source } from './source.ts'

export function openSource(config: Pipeline['source']): Source {
  const source = openKind(config)
  return config.identity === 'content' ? withContentIdentity(source) : source
}

function openKind(config: Pipeline['source']): Source {
  switch (config.kind) {
    case 'local':
      return localSource({ folder: config.folder })
    case 's3':
      return lazySource(S3, async (calls) => (await import('./s3/s3-source.ts')).s3Source(config, calls))
    case 'azure':
      return lazySource(AZURE, async (calls) => (await import('./azure/azure-source.ts')).azureSource(config, calls))
    case 'gcs':
      return lazySource(GCS, async (calls) => (await import('./gcs/gcs-source.ts')).gcsSource(config, calls))
    case 'sftp':
      return lazySource(SFTP, async (calls) => (await import('./sftp/sftp-source.ts')).sftpSource(config, calls))
    case 'ftp':
      return lazySource(FTP, async (calls) => (await import('./ftp/ftp-source.ts')).ftpSource(config, calls))
  }
}
