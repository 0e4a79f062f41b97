import { CallCount } from './call-count.ts'
import type { Capabilities } from './capabilities.ts'
import type { Source } from './source.ts'
import { statAll } from './stat-all.ts'

/** A source whose client library is loaded at its first use: 30 MB and a third of a second that nobody pays for another kind. */
export function lazySource(can: Capabilities, load: (calls: CallCount) => Promise<Omit<Source, 'can' | 'calls'>>): Source {
  const calls = new CallCount()
  let loading: ReturnType<typeof load> | undefined
  const source = () => {
    loading ??= load(calls).catch((error: unknown) => {
      loading = undefined // a variable that was not set may be there at the next try
      throw error
    })
    return loading
  }
  return {
    can,
    calls,
    async *list(pattern, signal, after) {
      yield* (await source()).list(pattern, signal, after)
    },
    stat: async (path) => (await source()).stat(path),
    statAll: async (paths) => statAll(await source(), paths),
    open: async (version) => (await source()).open(version),
    take: async (version, to) => (await source()).take(version, to),
    mayTake: async (how) => (await source()).mayTake?.(how),
    ...(can.tags ? { tag: async (version, tags) => (await source()).tag?.(version, tags) ?? { state: 'absent' } } : {}),
  }
}
