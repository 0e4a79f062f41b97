export { above, between, notNull, oneOf, rowCount, sql, unique } from './checks/builders.ts'
export {
  azureBlob,
  daily,
  defineConfig,
  duckdb,
  dynamic,
  env,
  ftp,
  gcs,
  hourly,
  localFolder,
  monthly,
  s3,
  sftp,
  weekly,
} from './config/define.ts'
export type { ConfigInput, PipelineInput } from './config/schema.ts'
