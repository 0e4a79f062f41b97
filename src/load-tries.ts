/** How often a load is tried before its partition is left alone for a while: with the pauses in between, about a minute. */
export const LOAD_TRIES = 7
