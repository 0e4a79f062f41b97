import type { Client } from '@temporalio/client'
import type { Config } from '../src/config/pipeline.ts'
import type { LoadContext } from '../src/loading/load-files.ts'
import type { OpenPipelines } from '../src/loading/open-pipelines.ts'
import type { Reporter } from '../src/reporter.ts'
import type { Watchers } from '../src/watching/watchers.ts'

/** What a worker's activities share. */
export interface ActivityContext {
  readonly config: Config
  readonly client: Client
  readonly pipelines: OpenPipelines
  readonly watchers: Watchers
  readonly loading: LoadContext
  readonly reporter: Reporter
}
