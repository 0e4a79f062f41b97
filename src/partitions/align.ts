/** One step of a pattern: a name of its own, or any number of names. */
interface Step {
  readonly deep: boolean
  matches(name: string): boolean
}

/**
 * The name that each step stands for, the empty text for a deep one; undefined when the names do not match.
 * Where a `**` leaves a choice it takes as few names as it can.
 *
 * Only the last `**` need ever take more: no step matches both names with a leading dot, which `**` cannot take,
 * and names without.
 */
export function align(steps: readonly Step[], names: readonly string[]): readonly string[] | undefined {
  if (!steps.some(isDeep)) return alignEach(steps, names)
  let taken: string[] = []
  let at = 0
  let retry: { readonly step: number; readonly taken: string[]; at: number } | undefined
  while (at < names.length || taken.length < steps.length) {
    const step = steps[taken.length]
    const name = names[at]
    if (step?.deep) {
      retry = { step: taken.length, taken: [...taken, ''], at }
      taken.push('')
    } else if (step && name !== undefined && step.matches(name)) {
      taken.push(name)
      at += 1
    } else {
      const skipped = retry && names[retry.at]
      if (!retry || skipped === undefined || !steps[retry.step]?.matches(skipped)) return undefined
      retry.at += 1
      at = retry.at
      taken = [...retry.taken]
    }
  }
  return taken
}

const isDeep = ({ deep }: Step) => deep

/** A name for each step. */
function alignEach(steps: readonly Step[], names: readonly string[]): readonly string[] | undefined {
  if (names.length !== steps.length) return undefined
  for (let index = 0; index < names.length; index++) if (!steps[index]?.matches(names[index] ?? '')) return undefined
  return names
}
