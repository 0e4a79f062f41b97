/** What a source can do. Whoever uses one asks for this, never for its kind. */
export interface Capabilities {
  /** Its listing is always in one order of names, and can begin after any of them. */
  readonly resumes: boolean
  /** A listing has all that was written before it began. */
  readonly strongListing: boolean
  /** What its fingerprints are made of: the file's status, the server's tag of the content, or the server's number of the version. */
  readonly fingerprint: 'stat' | 'etag' | 'version'
  /** `open` refuses every version but the one that was listed. */
  readonly conditionalRead: boolean
  readonly move: boolean
  readonly delete: boolean
  /** A loaded file can be marked where it is. */
  readonly tags: boolean
  /** It says by itself where something may be new. */
  readonly watch: boolean
  /** Each look is a request to somebody else's server: listed less often while nothing comes. */
  readonly remote: boolean
}

export const LOCAL: Capabilities = {
  resumes: false,
  strongListing: true,
  fingerprint: 'stat',
  conditionalRead: false,
  move: true,
  delete: true,
  tags: false,
  watch: true,
  remote: false,
}

export const S3: Capabilities = {
  resumes: true,
  strongListing: true,
  fingerprint: 'etag',
  conditionalRead: true,
  move: true,
  delete: true,
  tags: true,
  watch: false,
  remote: true,
}

export const SFTP: Capabilities = {
  resumes: false,
  strongListing: true,
  fingerprint: 'stat',
  conditionalRead: false,
  move: true,
  delete: true,
  tags: false,
  watch: false,
  remote: true,
}

/** Its listing is in order, but not every server can begin it after a name. */
export const AZURE: Capabilities = { ...S3, resumes: false }

export const FTP: Capabilities = SFTP

export const GCS: Capabilities = { ...S3, fingerprint: 'version', tags: false }

export const CAPABILITIES = { local: LOCAL, s3: S3, azure: AZURE, gcs: GCS, sftp: SFTP, ftp: FTP } as const satisfies Record<
  string,
  Capabilities
>
