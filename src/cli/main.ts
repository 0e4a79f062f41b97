#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node
import { run } from './program.ts'

/** They stay for months; whatever else runs has ended in a moment, and may make a hundred thousand objects until then. */
const STAYS = new Set(['up', 'worker', 'ui'])

// Whoever reads may have read enough, as `head` does: the command goes on to its end, and says no more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// As where a shell or a compose file passes on what nobody has set.
if (process.env.TEMPORAL_ADDRESS === '') delete process.env.TEMPORAL_ADDRESS
if (STAYS.has(process.argv[2] ?? '')) await import('./small-heap.ts') // before what the command itself needs
process.exitCode = await run(process.argv)
