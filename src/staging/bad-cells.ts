import type { DuckDBConnection } from '@duckdb/node-api'
import { exactCast, expectation } from './exact-cast.ts'
import { locateRecords } from './locate-records.ts'
import type { Records } from './record-file.ts'
import type { BadRows, Located } from './rejection.ts'
import { MAX_REJECTED } from './staged.ts'
import type { TableShape } from './table-shape.ts'

/** Rows with a cell that has no value of its column's type. */
export async function badCells(
  connection: DuckDBConnection,
  texts: string,
  records: Records,
  shape: TableShape,
): Promise<BadRows> {
  const typed = shape.types.flatMap((type, place) =>
    type.kind === 'text' || !records.places.includes(place) ? [] : [{ type, place }],
  )
  if (typed.length === 0) return { located: [], count: 0 }
  const bad = typed.map(({ type, place }) => `(t${place} IS NOT NULL AND ${exactCast(`t${place}`, type, shape.csv)} IS NULL)`)
  const anyBad = bad.join(' OR ')
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM (${texts}) WHERE ${anyBad}`)
  const count = Number(counted.getRowsJson()[0]?.[0])
  if (count === 0) return { located: [], count }
  const found = await connection.runAndReadAll(
    `SELECT record, ${bad.join(', ')} FROM (SELECT row_number() OVER () AS record, * FROM (${texts})) WHERE ${anyBad} LIMIT ${MAX_REJECTED}`,
  )
  const rows = found.getRowsJson().map(([record, ...flags]) => ({ record: Number(record), flags }))
  const places = await locateRecords(
    records,
    shape.dialect,
    rows.map(({ record }) => record),
  )
  const located = rows.flatMap(({ flags }, index): Located[] => {
    const place = places[index]
    return place === undefined
      ? []
      : typed.flatMap(({ type, place: column }, at) =>
          flags[at] === true ? [{ ...place, column: shape.columns[column] ?? null, error: expectation(type, shape.csv) }] : [],
        )
  })
  return { located, count }
}
