import { z } from 'zod'
import { type AzureContainer, azureSchema, toAzureContainer } from './azure.ts'
import { type FtpFolder, ftpPlace, ftpSchema, toFtpFolder } from './ftp.ts'
import { type GcsBucket, gcsSchema, toGcsBucket } from './gcs.ts'
import { type LocalFolder, localSchema, toLocalFolder } from './local.ts'
import { type S3Bucket, s3Schema, toS3Bucket } from './s3.ts'
import { type SftpFolder, sftpPlace, sftpSchema, toSftpFolder } from './sftp.ts'

/** Each kind of source by its own schema. */
export const sourceSchema = z.discriminatedUnion('kind', [localSchema, s3Schema, azureSchema, gcsSchema, sftpSchema, ftpSchema], {
  error:
    "expected a source: localFolder('folder', { files: '{partition}.csv' }), s3('s3://bucket/prefix', …), azureBlob('az://account/container/prefix', …), gcs('gs://bucket/prefix', …), sftp('sftp://user@host/folder', …) or ftp('ftp://user@host/folder', …)",
})

export type SourceConfig = LocalFolder | S3Bucket | AzureContainer | GcsBucket | SftpFolder | FtpFolder

/** `base`: what a relative folder is relative to. */
export function toSource(checked: z.output<typeof sourceSchema>, base: string): SourceConfig {
  switch (checked.kind) {
    case 'local':
      return toLocalFolder(checked, base)
    case 's3':
      return toS3Bucket(checked)
    case 'azure':
      return toAzureContainer(checked)
    case 'gcs':
      return toGcsBucket(checked, base)
    case 'sftp':
      return toSftpFolder(checked, base)
    case 'ftp':
      return toFtpFolder(checked, base)
  }
}

/** Where it is, for people, and as they may write it before a path. */
export function placeOf(source: SourceConfig): string {
  switch (source.kind) {
    case 'local':
      return source.folder
    case 's3':
      return `s3://${source.bucket}/${source.prefix}`.replace(/\/$/, '')
    case 'azure':
      return `az://${source.account}/${source.container}/${source.prefix}`.replace(/\/$/, '')
    case 'gcs':
      return `gs://${source.bucket}/${source.prefix}`.replace(/\/$/, '')
    case 'sftp':
      return sftpPlace(source)
    case 'ftp':
      return ftpPlace(source)
  }
}
