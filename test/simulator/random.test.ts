import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, type Random, randomFor } from '../../src/simulator/random.ts'

const draws = (random: Random, count = 20): number[] => Array.from({ length: count }, () => random.next())

describe('a stream of chance', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(draws(createRandom(1))).toEqual(draws(createRandom(1)))
    expect(draws(createRandom(1))).toEqual(draws(createRandom('1')))
    expect(draws(createRandom(1))).not.toEqual(draws(createRandom(2)))
  })

  test('gives the same numbers on every machine', () => {
    const random = createRandom(1)
    expect(Array.from({ length: 5 }, () => random.integer(0, 999_999))).toMatchInlineSnapshot(`
      [
        547299,
        17882,
        687946,
        213590,
        953896,
      ]
    `)
  })

  test('keeps within its bounds, and reaches both of them', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -50, max: 50 }), fc.nat(5), (seed, min, span) => {
        const random = createRandom(seed)
        const seen = new Set(Array.from({ length: 200 }, () => random.integer(min, min + span)))
        expect(Math.min(...seen)).toBe(min)
        expect(Math.max(...seen)).toBe(min + span)
        for (const number of draws(random)) {
          expect(number).toBeGreaterThanOrEqual(0)
          expect(number).toBeLessThan(1)
        }
      }),
      { numRuns: 50, seed: 7 },
    )
  })

  test('spreads evenly', () => {
    const random = createRandom('spread')
    const buckets = Array.from({ length: 10 }, () => 0)
    for (let n = 0; n < 10_000; n++) buckets[random.integer(0, 9)] = (buckets[random.integer(0, 9)] ?? 0) + 1
    for (const count of buckets) expect(count).toBeGreaterThan(800)
  })

  test('picks each item and fills every byte', () => {
    const random = createRandom(3)
    expect(new Set(Array.from({ length: 60 }, () => random.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']))
    const bytes = new Uint8Array(64)
    expect(random.fill(bytes)).toBe(bytes)
    expect(new Set(bytes).size).toBeGreaterThan(40)
  })

  test('has streams of their own for its labels: drawing from one never moves another', () => {
    const alone = draws(createRandom(1).fork('a'))
    const parent = createRandom(1)
    draws(parent)
    draws(parent.fork('b'))
    expect(draws(parent.fork('a'))).toEqual(alone)
    expect(draws(parent.fork('a'))).not.toEqual(draws(parent.fork('b')))
    expect(draws(createRandom(1).fork('a').fork('b'))).not.toEqual(draws(createRandom(1).fork('b').fork('a')))
  })

  test('goes back to where it stood', () => {
    const random = createRandom(1)
    draws(random, 7)
    const position = random.position()
    const next = draws(random)
    draws(random, 3)
    random.rewind(position)
    expect(draws(random)).toEqual(next)
  })

  test('of a provider depends on its name alone', () => {
    expect(draws(randomFor(1, 'acme'))).toEqual(draws(randomFor(1, 'acme')))
    expect(draws(randomFor(1, 'acme'))).not.toEqual(draws(randomFor(1, 'other')))
    expect(draws(randomFor(1, 'acme'))).not.toEqual(draws(randomFor(2, 'acme')))
  })
})
