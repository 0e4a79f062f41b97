import { expect, test } from '@jest/globals'
import type { CheckResult } from '../../src/checks/check.ts'
import { checkFailures } from '../../src/checks/failures.ts'

function result(check: string, failed: number, more: Partial<CheckResult> = {}): CheckResult {
  return { check, blocking: true, passed: failed === 0, failed, sample: [], ...more }
}

test('nothing holds a file whose blocking checks passed', () => {
  expect(checkFailures([], 8)).toBeUndefined()
  expect(checkFailures([result('above(a, 0)', 0), result('notNull(a)', 3, { blocking: false })], 8)).toBeUndefined()
})

test('each blocking check that failed is told, with counts', () => {
  const results = [
    result('above(share_price, 0)', 2),
    result('rowCount(max 5)', 8),
    result('sql(sorted)', 1),
    result('notNull(a)', 3, { blocking: false }),
  ]
  expect(checkFailures(results, 8)).toBe(
    'check above(share_price, 0) failed for 2 of 8 rows; check rowCount(max 5) failed with 8 rows; check sql(sorted) failed with 1 row',
  )
})

test('a file without rows can fail', () => {
  expect(checkFailures([result('rowCount(min 1)', 0, { passed: false })], 0)).toBe('check rowCount(min 1) failed with 0 rows')
})
