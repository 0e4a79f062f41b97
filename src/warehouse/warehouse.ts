import type { Pipeline } from '../config/pipeline.ts'
import type { Rejected } from '../staging/staged.ts'
import type { Backoff, Claimed, ClaimRequest, Run, Standing } from './claim.ts'
import type { DecisionRequest, OpenDecision, RetryRequest } from './decision.ts'
import type { Inventoried } from './inventory.ts'
import type { FileStatus, Known, LedgerEntry } from './ledger.ts'
import type { Lineage } from './lineage.ts'
import type { News, NewsRequest, NewsScope, Untold } from './news.ts'
import type { PartitionRecords } from './partition-record.ts'
import type { Debt, Publication, Published, TriedDebt } from './publication.ts'

/** What a pipeline begins with. */
export interface Beginning {
  readonly pipeline: string
  /** The files to leave out: where they are written, a line of JSON each, and why. None by default. */
  readonly leftOut?: { readonly file: string; readonly reason: string }
  readonly run: Run
}

/** A line of `leftOut`. */
export interface LeftOut {
  readonly path: string
  readonly fingerprint: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified_at: number
  readonly partition_key: string
}

export interface FilesQuery {
  readonly path?: string
  readonly key?: string
  readonly contentHash?: string
  /** All versions instead of the newest of each path. */
  readonly versions?: boolean
}

export interface FilesPageQuery {
  readonly key?: string
  /** Of files that are not gone. */
  readonly status?: FileStatus
  readonly limit: number
  readonly offset: number
}

/** Newest versions, by path. */
export interface FilesPage {
  readonly total: number
  readonly files: readonly LedgerEntry[]
}

export interface PipelineCounts {
  readonly loaded: number
  readonly held: number
  /** Still there, and as they were at the first sweep. */
  readonly ignored: number
  readonly rows: number
}

/** An entry of the ledger, as far as a comparison with the source goes. */
export interface Version {
  readonly path: string
  readonly sequence: number
  /** Empty when the file is gone, or was taken away by us. */
  readonly fingerprint: string
  /** Believed to be in the source, were it the newest of its path. */
  readonly isExpected: boolean
}

/** Gets how many there are before the first of them. */
export type VisitVersions = (rows: number) => (version: Version) => void

/** Of the newest versions, in one partition, that one run has handled. */
export interface WorkOnPartition {
  readonly key: string
  readonly rows: number
  /** Why, of the first file that is held. */
  readonly held: string | undefined
}

export type Row = Readonly<Record<string, unknown>>

/** Where tables and the ledger are. Every failure is a `TidemarkError`: `WarehouseBusy`, `WarehouseFailed` or `ClaimLost`. */
export interface Warehouse extends AsyncDisposable {
  /** A random name of this warehouse, made with it; it tells two configs of one namespace apart. */
  identity(): Promise<string>
  /** Changes when the warehouse may have been replaced by another one behind our back; undefined while there is none. */
  generation(): Promise<string | undefined>
  /** Shows every version of every path, in no order, so that a long ledger takes no memory. */
  visitVersions(pipeline: string, visit: VisitVersions, signal?: AbortSignal): Promise<void>
  known(pipeline: string, paths: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Known>>
  /**
   * Writes the mark on each partition that is free for it; answers whose marks stand on the others. What was decided to be removed from
   * those partitions is out of the table then.
   */
  claim(request: ClaimRequest, signal?: AbortSignal): Promise<Claimed>
  /**
   * Rows, ledger and the end of the claim in one transaction. Only for partitions whose claim is still this one; the others' outcomes
   * are left out, without a trace. Where one of several partitions may be why that fails, each is published by itself.
   */
  publish(publication: Publication, signal?: AbortSignal): Promise<Published>
  /** Whether a pipeline has begun: what was to be left out at first is in the ledger, and nothing is left out any more. */
  hasBegun(pipeline: string): Promise<boolean>
  /**
   * Has a pipeline begin, unless it has, and writes down what is left out: in one transaction, of any length. Not what the ledger knows,
   * nor what is in a partition that is being loaded: somebody has asked for it by name. Answers how many files are left out by this.
   */
  begin(beginning: Beginning, signal?: AbortSignal): Promise<number>
  debts(pipeline: string, signal?: AbortSignal): Promise<readonly Debt[]>
  /** Those with an error stay owed. */
  payDebts(pipeline: string, tried: readonly TriedDebt[]): Promise<void>
  /**
   * Opens a decision on the newest version of a path. The same request again changes nothing.
   * @throws TidemarkError UsageError
   */
  decide(pipeline: string, path: string, request: DecisionRequest, signal?: AbortSignal): Promise<LedgerEntry>
  /**
   * Decides that the newest versions of these paths are to be loaded again as they are, where no other decision on them is open. The same
   * request again changes nothing.
   */
  retryAll(pipeline: string, paths: readonly string[], request: RetryRequest, signal?: AbortSignal): Promise<void>
  openDecisions(pipeline: string): Promise<readonly OpenDecision[]>
  /** Ends what is left of a claim. */
  release(pipeline: string, claim: string, signal?: AbortSignal): Promise<void>
  /** Of all pipelines. */
  claims(): Promise<readonly Standing[]>
  backoffs(pipeline: string): Promise<readonly Backoff[]>
  files(pipeline: string, query?: FilesQuery): Promise<readonly LedgerEntry[]>
  /** Some of the newest versions: a ledger may be long. */
  filesPage(pipeline: string, query: FilesPageQuery): Promise<FilesPage>
  counts(pipeline: string): Promise<PipelineCounts>
  /** Which of these partitions have a loaded file. */
  loadedKeys(pipeline: string, keys: readonly string[], signal?: AbortSignal): Promise<ReadonlySet<string>>
  /** All partitions that ledger or claims know of. */
  partitionRecords(pipeline: string, signal?: AbortSignal): Promise<PartitionRecords>
  /** What a workflow run has brought to an end, by partition. */
  workOf(pipeline: string, run: Run, signal?: AbortSignal): Promise<readonly WorkOnPartition[]>
  /** Ledger and table of every path, read at one moment. */
  inventory(pipeline: Pipeline): Promise<readonly Inventoried[]>
  /** Where a partition's rows come from, and what it was before. */
  lineage(pipeline: string, key: string): Promise<Lineage>
  rejected(pipeline: string, path: string, sequence: number): Promise<readonly Rejected[]>
  /** Compares what is with what people were told last. */
  untold(scope: NewsScope): Promise<Untold>
  /** What people were told last: `late` or `missing`, by subject as in `Overdue`. */
  toldOverdue(pipeline: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>
  /** Takes what there is to tell of that kind, and writes it as told; undefined when others have it. It is the same token's until `endTelling`. */
  takeNews(request: NewsRequest, signal?: AbortSignal): Promise<News | undefined>
  endTelling(pipeline: string, token: string, signal?: AbortSignal): Promise<void>
  query(sql: string): Promise<{ readonly columns: readonly string[]; readonly rows: readonly Row[] }>
}
