import { z } from 'zod'
import type { Check } from '../checks/check.ts'
import { strict } from './strictness.ts'

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/
const TABLE = /^([A-Za-z_][A-Za-z0-9_]{0,62}\.)?[A-Za-z_][A-Za-z0-9_]{0,62}$/

/** It becomes a part of workflow ids, so it holds no slash. */
export const pipelineName = z.string().regex(NAME, "expected a name of letters, digits, '_', '-' and '.', at most 64 long")

export const table = z
  .string({ error: "expected a table name, such as 'prices' or 'raw.prices'" })
  .regex(TABLE, "expected a table name of letters, digits and '_', such as 'prices' or 'raw.prices'")
  .refine((name) => !name.toLowerCase().startsWith('tidemark.'), "the schema 'tidemark' holds the ledger; choose another")

const singleCharacter = (what: string) => z.string().length(1, `expected one character as the ${what}`)

/** The specifiers of DuckDB's strptime. */
const TIME_FORMAT = /^([^%]|%-?[aAbBcdDfgGHIjmMnpSuUVwWxXyYzZ]|%%)+$/
const timeFormat = z.string().regex(TIME_FORMAT, "expected a format in DuckDB's notation, such as '%Y/%m/%d'")

export const csv = strict({
  delimiter: singleCharacter('delimiter').default(','),
  quote: singleCharacter('quote').default('"'),
  escape: singleCharacter('escape').default('"'),
  header: z.boolean().default(true),
  nullText: z.union([z.string(), z.array(z.string())], { error: 'expected a text, or a list of texts' }).default([]),
  dateFormat: timeFormat.optional(),
  timestampFormat: timeFormat.optional(),
})

const blocking = z.boolean()
const limit = z.union([z.number(), z.string()], { error: 'expected a number, or a date or time as text' })

export const check: z.ZodType<Check, Check> = z.discriminatedUnion(
  'kind',
  [
    strict({ kind: z.literal('above'), column: z.string(), limit: z.number(), blocking }),
    strict({ kind: z.literal('between'), column: z.string(), min: limit, max: limit, blocking }),
    strict({ kind: z.literal('notNull'), column: z.string(), blocking }),
    strict({ kind: z.literal('unique'), columns: z.array(z.string()).min(1), blocking }),
    strict({ kind: z.literal('rowCount'), min: z.number().int().optional(), max: z.number().int().optional(), blocking }),
    strict({
      kind: z.literal('oneOf'),
      column: z.string(),
      values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
      blocking,
    }),
    strict({ kind: z.literal('sql'), name: z.string().min(1), query: z.string().min(1), blocking }),
  ],
  { error: 'expected a check: above, between, notNull, unique, rowCount, oneOf or sql' },
)
