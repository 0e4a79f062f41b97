import type { Pipeline } from '../config/pipeline.ts'
import { localSource } from './local/local-source.ts'
import type { Source } from './source.ts'

export function openSource(config: Pipeline['source']): Source {
  switch (config.kind) {
    case 'local':
      return localSource({ folder: config.folder })
  }
}
