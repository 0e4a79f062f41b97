import { messageOf } from '../../src/errors.ts'
import { type Decide, decideEachStep, type Step } from './steps.ts'

/** What may be done though its answer is lost. Other statements change nothing before the end of their transaction. */
export const MAY_BE_DONE = new Set(['COMMIT', 'link', 'mkdir', 'rename', 'rm', 'unlink'])

let decide: Decide = () => undefined
let deciding = false

/**
 * Does something whose Nth step of those that count fails; undefined when it has no Nth. What may be done though its answer is lost fails
 * twice: before it is made, and after it.
 */
export async function failNth(
  n: number,
  work: () => Promise<unknown>,
  counts: (step: Step) => boolean = () => true,
): Promise<{ step: Step; error: string | null } | undefined> {
  if (!deciding) await decideEachStep((step) => decide(step))
  deciding = true
  let left = n
  let failed: Step | undefined
  decide = (step) => {
    if (!counts(step)) return undefined
    const fail = () => {
      failed = step
      throw Object.assign(new Error(`IO Error: ${step.what} fails`), step.where === 'files' ? { code: 'EIO' } : {})
    }
    if (--left === 0) fail()
    return MAY_BE_DONE.has(step.what) && --left === 0 ? fail : undefined
  }
  const error = await work().then(() => null, messageOf)
  decide = () => undefined
  return failed && { step: failed, error }
}
