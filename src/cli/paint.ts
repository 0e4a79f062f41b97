import pc from 'picocolors'

/** Colours for a person's terminal only: the library would also colour what a CI job reads. */
export const paint = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true)
