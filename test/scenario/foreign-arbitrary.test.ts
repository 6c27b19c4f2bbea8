import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { explore } from '../../src/explore/explore.ts'
import { scenario } from '../../src/scenario/scenario.ts'
import { acme, shop } from '../cli/fixtures/suite/shop.ts'

// What `require` loads is another copy than what `import` does, as it is where a project has fast-check twice.
const other = createRequire(import.meta.url)('fast-check') as typeof fc

test('workloads may come from another copy of fast-check, and are drawn and shrunk all the same', async () => {
  expect(other.integer()).not.toBeInstanceOf(fc.Arbitrary)
  const twins = scenario('Test_RetryMakesNoTwin', {
    ...acme,
    subject: ({ given }) => shop({ keyOf: (shopper, nth) => (given.shoppers > 2 ? `${shopper}-${nth}` : shopper) }),
    given: other.record({ shoppers: other.integer({ min: 1, max: 10 }) }),
    play: ({ subject, given, all, intent }) =>
      all(given.shoppers, (n) => intent(`redeem for ${n}`, () => subject.redeem(`shopper-${n}`))),
  })
  const { counterexample } = await explore(twins)
  expect(counterexample?.given).toEqual({ shoppers: 3 })
})

test.each([
  ['a number', 1],
  ['a plain object', { generate: () => 1 }],
  ['a function', () => fc.integer()],
])('%s is no arbitrary', (_, given) => {
  const options = { ...acme, subject: () => shop(), play: () => {}, given: given as unknown as fc.Arbitrary<number> }
  expect(() => scenario('Test_X', options)).toThrow('Scenario Test_X, given: must be a fast-check arbitrary')
})
