#!/usr/bin/env node
import './small-heap.ts'
import { run } from './program.ts'

process.exitCode = await run(process.argv)
