import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { explore } from '../../src/explore/explore.ts'
import { fake, point } from './fakes.ts'

test('a search whose time is up draws no more workloads, however many runs it was asked for', async () => {
  let drawn = 0
  const given = fc.nat().map((n) => {
    drawn++
    return n
  })
  const seen = fake({ given, run: () => ({ points: [point('read')] }) })
  const { cutShort } = await explore(seen, { runs: 100_000, realMsMax: 0 })
  expect(cutShort).toContain('random: out of time, 0 of 100000 random runs were made')
  expect(drawn).toBeLessThan(20)
})
