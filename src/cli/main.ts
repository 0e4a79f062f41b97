#!/usr/bin/env -S MALLOC_ARENA_MAX=2 node
import './small-heap.ts'
import { run } from './program.ts'

process.exitCode = await run(process.argv)
