import { setFlagsFromString } from 'node:v8'

/** They stay for months; whatever else runs has ended in a moment, and may make a hundred thousand objects until then. */
const STAYS = new Set(['up', 'worker', 'ui'])

/** To be imported first. Short-lived objects get 2 MB instead of up to 32: they are few there, and what a process has once had it keeps. */
if (STAYS.has(process.argv[2] ?? '')) setFlagsFromString('--semi-space-growth-factor=1')
