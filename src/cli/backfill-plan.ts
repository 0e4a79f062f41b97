import { existsSync } from 'node:fs'
import { type Page, planPage } from '../backfilling/plan-page.ts'
import type { BackfillRequest } from '../backfilling/request.ts'
import type { Why } from '../backfilling/state-of-key.ts'
import { add, NOTHING_YET, type Tally } from '../backfilling/tally.ts'
import type { Config } from '../config/pipeline.ts'
import { counted } from '../counted.ts'
import { OpenPipelines } from '../loading/open-pipelines.ts'
import { openForReading } from '../warehouse/open-warehouse.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { oneLine, print, printJson } from './output.ts'

const KEYS_SHOWN = 20
/** It goes to the terminal only, so that pages may be long. */
const PAGE = { partitions: 100_000, bytes: 10_000_000 }

export interface BackfillPlan {
  readonly partitions: readonly { readonly partition: string; readonly why: Why }[]
  readonly counted: Tally
}

/** What a backfill would start now: source × ledger, without a server. It decides nothing. */
export async function planRequest(config: Config, request: BackfillRequest): Promise<BackfillPlan> {
  if (!existsSync(config.warehouse.file)) return await planAgainst(EMPTY, config, request)
  await using warehouse = openForReading(config)
  return await planAgainst(warehouse, config, request)
}

/** Before the first load there is no warehouse, and all that is there is to be loaded. */
const EMPTY: Pick<Warehouse, 'known' | 'loadedKeys'> = {
  known: () => Promise.resolve(new Map()),
  loadedKeys: () => Promise.resolve(new Set()),
}

async function planAgainst(
  warehouse: Pick<Warehouse, 'known' | 'loadedKeys'>,
  config: Config,
  request: BackfillRequest,
): Promise<BackfillPlan> {
  const open = new OpenPipelines(config).get(request.pipeline)
  const at = Date.now()
  const { signal } = new AbortController()
  const partitions: { partition: string; why: Why }[] = []
  let counted = NOTHING_YET
  let page: Page | undefined
  do {
    page = await planPage(open, warehouse, { ...request, at, after: page?.after, limit: PAGE }, signal)
    for (const { key, why } of page.partitions) partitions.push({ partition: key, why })
    counted = add(counted, page.counted)
  } while (page.after !== undefined)
  return { partitions, counted }
}

export function printPlan({ partitions, counted: others }: BackfillPlan, { pipeline }: BackfillRequest, json: boolean): void {
  const { held, missing, upToDate, leftOut } = others
  const reasons: Record<Why, number> = { unloaded: 0, changed: 0, held: 0, loaded: 0 }
  for (const { why } of partitions) reasons[why] += 1
  if (json) {
    printJson({ pipeline, partitions, reasons, others: { upToDate, held, missing, leftOut } })
    return
  }
  const why = Object.entries(reasons).flatMap(([reason, count]) => (count === 0 ? [] : [`${count} ${reason}`]))
  print(`${pipeline}: would load ${counted(partitions.length, 'partition')}${why.length === 0 ? '' : `: ${why.join(', ')}`}`)
  for (const { partition, why } of partitions.slice(0, KEYS_SHOWN)) print(`  ${why.padEnd(8)} ${oneLine(partition)}`)
  if (partitions.length > KEYS_SHOWN) print(`  and ${partitions.length - KEYS_SHOWN} more; --json prints them all`)
  const leaves = leftOut === 0 ? '' : `, ${leftOut} left out by --only`
  print(`  and leave ${upToDate} up to date, ${held} held, ${missing} missing${leaves}`)
}
