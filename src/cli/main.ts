#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node
import './small-heap.ts'
import { run } from './program.ts'

// Whoever reads may have read enough, as `head` does: the command goes on to its end, and says no more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await run(process.argv)
