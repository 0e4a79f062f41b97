import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FixedOffsetZone, IANAZone } from 'luxon'
import { offsetsOf } from '../../src/partitions/zone-offsets.ts'

const DAY = 86_400_000
const ZONES = [
  'UTC',
  'UTC+5:30',
  'Europe/Berlin',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
]

/** Walks over changes of the clocks, back and forth, with leaps in between: what was asked before must not tell. */
const walks = fc.array(
  fc.record({
    from: fc.oneof(
      fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2035, 0) }),
      fc.constantFrom(Date.parse('2018-03-20T00:00Z'), Date.parse('2018-10-20T00:00Z'), Date.parse('2011-12-25T00:00Z')),
    ),
    step: fc.constantFrom(DAY / 24, -DAY / 24, DAY, -DAY, 7 * DAY),
    steps: fc.nat(300),
  }),
  { minLength: 1, maxLength: 4 },
)

test('an offset is what the zone itself says, however one comes to the instant', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), walks, (timezone, walked) => {
      const zone =
        timezone === 'UTC+5:30'
          ? FixedOffsetZone.instance(330)
          : timezone === 'UTC'
            ? FixedOffsetZone.utcInstance
            : IANAZone.create(timezone)
      const offsets = offsetsOf(timezone)
      for (const { from, step, steps } of walked)
        for (let index = 0, at = from; index <= steps; index++, at += step)
          expect([at, offsets.at(at)]).toEqual([at, Math.round(zone.offset(at) * 60_000)])
    }),
    { numRuns: 200 },
  )
})
