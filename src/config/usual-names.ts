/** Where a config is looked for, in this order. */
export const USUAL_NAMES = ['tidemark.config.ts', 'tidemark.config.js', 'tidemark.config.mjs'] as const

export function isUsualName(name: string): boolean {
  return USUAL_NAMES.some((usual) => usual === name)
}
