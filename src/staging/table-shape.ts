import type { Csv, Pipeline } from '../config/pipeline.ts'
import { type ColumnType, columnType } from './column-types.ts'
import { type Dialect, dialectOf } from './dialect.ts'

/** What a pipeline's files must look like. */
export interface TableShape extends Pick<Pipeline, 'onBadRows' | 'onSchemaChange'> {
  readonly csv: Csv
  readonly dialect: Dialect
  /** Names in declared order, and their types beside them. */
  readonly columns: readonly string[]
  readonly types: readonly ColumnType[]
}

/** @throws TidemarkError ConfigInvalid */
export function shapeOf({ csv, columns, onBadRows, onSchemaChange }: Pipeline): TableShape {
  return {
    csv,
    dialect: dialectOf(csv),
    columns: Object.keys(columns),
    types: Object.values(columns).map(columnType),
    onBadRows,
    onSchemaChange,
  }
}
