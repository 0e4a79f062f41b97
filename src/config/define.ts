import type { ConfigInput, PipelineInput } from './schema.ts'

type Without<T, Key extends PropertyKey> = T extends unknown ? Omit<T, Key> : never
type Source = PipelineInput['source']
type Partitions = PipelineInput['partitions']
type TimePartitions = Exclude<Partitions, { kind: 'dynamic' }>
type DynamicPartitions = Extract<Partitions, { kind: 'dynamic' }>

/** The config, typed for the editor; it is validated when a command loads it. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}

/** A DuckDB file; relative to the config file. It is created when it is not there. */
export function duckdb(file: string): ConfigInput['warehouse'] {
  return { kind: 'duckdb', file }
}

/** A folder on this machine, relative to the config file. `settle` is 2 s by default. */
export function localFolder(folder: string, options: Without<Extract<Source, { kind: 'local' }>, 'kind' | 'folder'>): Source {
  return { ...options, kind: 'local', folder }
}

/**
 * A bucket of Amazon S3, or of what speaks its protocol (`endpoint`), from a prefix on: `s3('s3://bucket/prefix', …)`. Credentials and region are
 * AWS's own: environment, profile, role; or name environment variables with `env`. An object is whole when it is there: `settle` is 0.
 */
export function s3(url: string, options: Without<Extract<Source, { kind: 's3' }>, 'kind' | 'url'>): Source {
  return { ...options, kind: 's3', url }
}

/**
 * A container of Azure Blob Storage, from a prefix on: `azureBlob('az://account/container/prefix', …)`. Logs in with Azure's own chain of identities, or with
 * what `env` names: the account's key, or a shared access signature. A blob is whole when it is there: `settle` is 0.
 */
export function azureBlob(url: string, options: Without<Extract<Source, { kind: 'azure' }>, 'kind' | 'url'>): Source {
  return { ...options, kind: 'azure', url }
}

/**
 * A bucket of Google Cloud Storage, from a prefix on: `gcs('gs://bucket/prefix', …)`. Logs in with Google's own chain, or with what `keyFile` or `env` name. An object
 * is whole when it is there: `settle` is 0.
 */
export function gcs(url: string, options: Without<Extract<Source, { kind: 'gcs' }>, 'kind' | 'url'>): Source {
  return { ...options, kind: 'gcs', url }
}

/**
 * A folder on an SFTP server: `sftp('sftp://user@host:22/folder', …)`; `/~/folder` is below the login's own. Its host key must be known: among the known
 * hosts, or as `hostKey`. Logs in with the agent or the keys of who runs Tidemark, or with what `env` names. `settle` is 60 s by default.
 */
export function sftp(url: string, options: Without<Extract<Source, { kind: 'sftp' }>, 'kind' | 'url'>): Source {
  return { ...options, kind: 'sftp', url }
}

/**
 * A folder on an FTP server: `ftp('ftp://user@host/folder', …)` asks for TLS, `ftps://` begins with it, and `insecure: true` does without: whoever is on the way
 * reads along. `settle` is 60 s by default.
 */
export function ftp(url: string, options: Without<Extract<Source, { kind: 'ftp' }>, 'kind' | 'url'>): Source {
  return { ...options, kind: 'ftp', url }
}

/** The value of an environment variable: secrets are in the environment, never in a config. */
export function env(name: string): { env: string } {
  return { env: name }
}

type TimeOptions = Omit<TimePartitions, 'kind'>

/** A partition an hour. Key: `2018-01-22-06`. The hour that the clock repeats in autumn is one partition. */
export function hourly(options: TimeOptions): Partitions {
  return { ...options, kind: 'hourly' }
}

/** A partition a day. Key: `2018-01-22`. `start` and `end` are both included; the time zone is UTC by default. */
export function daily(options: TimeOptions): Partitions {
  return { ...options, kind: 'daily' }
}

/** A partition a week, by default from Monday. Key: its first day, `2018-01-22`. */
export function weekly(options: TimeOptions): Partitions {
  return { ...options, kind: 'weekly' }
}

/** A partition a month. Key: `2018-01`. */
export function monthly(options: TimeOptions): Partitions {
  return { ...options, kind: 'monthly' }
}

/**
 * A key that is seen for the first time is a partition. `initial`: `'all'` files that are there at first (the default), `'none'`, or those
 * modified since a day; also in which order, and how many at once.
 */
export function dynamic(options: Omit<DynamicPartitions, 'kind'> = {}): Partitions {
  return { ...options, kind: 'dynamic' }
}
