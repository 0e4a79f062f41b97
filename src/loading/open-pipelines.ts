import type { Config, Pipeline } from '../config/pipeline.ts'
import { TidemarkError } from '../errors.ts'
import { type Companions, parseCompanions, withoutCompanions } from '../partitions/companions.ts'
import { leaveOut, type Pattern, parsePattern } from '../partitions/pattern.ts'
import { Absences } from '../sources/absences.ts'
import { openSource } from '../sources/open-source.ts'
import { Sightings } from '../sources/sightings.ts'
import type { Source } from '../sources/source.ts'
import { LedgerView } from './ledger-view.ts'

/** A pipeline with what a process keeps open for it: loads and the watcher share what was seen of files that settle. */
export interface OpenPipeline {
  readonly pipeline: Pipeline
  readonly pattern: Pattern
  readonly companions: Companions
  readonly source: Source
  readonly sightings: Sightings
  readonly absences: Absences
  readonly view: LedgerView
}

export class OpenPipelines {
  readonly #config: Config
  readonly #open = new Map<string, OpenPipeline>()

  constructor(config: Config) {
    this.#config = config
  }

  /** @throws TidemarkError PipelineUnknown */
  get(name: string): OpenPipeline {
    const open = this.#open.get(name) ?? this.#openPipeline(name)
    this.#open.set(name, open)
    return open
  }

  #openPipeline(name: string): OpenPipeline {
    const pipeline = this.#config.pipelines.get(name)
    if (pipeline === undefined) {
      const known = [...this.#config.pipelines.keys()].join(', ')
      throw new TidemarkError('PipelineUnknown', `the worker's config has no pipeline '${name}'; it has ${known}`)
    }
    const { source, partitions, arrival, afterLoad } = pipeline
    const matching = parsePattern(source.files, partitions)
    const companions = parseCompanions({ ...source, marker: arrival?.marker }, matching, partitions)
    const pattern = withoutCompanions(matching, companions)
    return {
      pipeline,
      pattern: afterLoad.kind === 'move' ? leaveOut(pattern, afterLoad.to) : pattern,
      companions,
      source: openSource(pipeline.source),
      sightings: new Sightings(),
      absences: new Absences(),
      view: new LedgerView(),
    }
  }
}
