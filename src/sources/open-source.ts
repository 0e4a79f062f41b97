import type { Pipeline } from '../config/pipeline.ts'
import { withContentIdentity } from './content-identity.ts'
import { localSource } from './local/local-source.ts'
import type { Source } from './source.ts'

export function openSource(config: Pipeline['source']): Source {
  const source = openKind(config)
  return config.identity === 'content' ? withContentIdentity(source) : source
}

function openKind(config: Pipeline['source']): Source {
  switch (config.kind) {
    case 'local':
      return localSource({ folder: config.folder })
  }
}
