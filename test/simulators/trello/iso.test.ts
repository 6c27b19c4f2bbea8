import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoOf } from '../../../simulators/trello/ids.ts'

test('writes any moment as a Date does', () => {
  const moments = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2199, 11, 31) })
  fc.assert(
    fc.property(moments, (ms) => {
      for (const one of [ms, ms + 1, ms + 86_400_000]) expect(isoOf(one)).toBe(new Date(one).toISOString())
    }),
    { numRuns: 1_000 },
  )
})
