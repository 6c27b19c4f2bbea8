import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PlannedFault } from '../../src/faults/plan.ts'
import { createStriker, type Target, targetInWords } from '../../src/faults/striker.ts'
import { createRandom } from '../../src/simulator/random.ts'
import { createWorld } from '../../src/world/world.ts'
import { acmeShop, shopHeaders, shopOrigin } from '../fixtures/acme-shop.ts'

const latency = (on: Partial<PlannedFault['on']> = {}, ms = 5): PlannedFault =>
  ({ fault: 'latency', ms, on: { provider: 'shop', ...on } }) as PlannedFault
const call = (over: Partial<Target> = {}): Target => ({ provider: 'shop', name: 'read', nth: 1, atMs: 0, ...over })
const strikerOf = (faults: readonly PlannedFault[], seed = 1) => createStriker({ faults }, createRandom(seed))

/** Which of the first calls a fault strikes, by number. */
const struck = (on: Partial<PlannedFault['on']>, count = 6, seed = 1): readonly number[] => {
  const striker = strikerOf([latency(on)], seed)
  return Array.from({ length: count }, (_, index) => index + 1).filter(
    (nth) => striker.strikeCall(call({ nth, atMs: nth * 10 })).length > 0,
  )
}

describe('a fault strikes', () => {
  test('every call of its provider when nothing narrows it', () => {
    expect(struck({})).toEqual([1, 2, 3, 4, 5, 6])
    expect(strikerOf([latency()]).strikeCall(call({ provider: 'other' }))).toEqual([])
    expect(strikerOf([latency()]).strikeCall(call({ name: undefined }))).toHaveLength(1)
  })

  test('calls of its operation only', () => {
    const striker = strikerOf([latency({ operation: 'list' })])
    expect(striker.strikeCall(call())).toEqual([])
    expect(striker.strikeCall(call({ name: undefined }))).toEqual([])
    expect(striker.strikeCall(call({ name: 'list' }))).toEqual([{ fault: 'latency', ms: 5 }])
  })

  test('no call by plain HTTP when it is a certificate that has expired', () => {
    const striker = strikerOf([{ fault: 'certificate-expired', on: { provider: 'shop' } }])
    expect(striker.strikeCall(call({ isPlain: true }))).toEqual([])
    expect(striker.injections().map(({ strikes }) => strikes)).toEqual([0])
    expect(striker.strikeCall(call({ isPlain: false }))).toHaveLength(1)
    expect(strikerOf([latency()]).strikeCall(call({ isPlain: true }))).toHaveLength(1)
  })

  test('the nth call, so many times at most, and from one time until another', () => {
    expect(struck({ nth: 3 })).toEqual([3])
    expect(struck({ times: 2 })).toEqual([1, 2])
    expect(struck({ fromMs: 20, untilMs: 50 })).toEqual([2, 3, 4])
    expect(struck({ fromMs: 20, untilMs: 50, times: 1 })).toEqual([2])
    expect(struck({ nth: 3, fromMs: 40 })).toEqual([])
  })

  test('by chance, as its seed decides and about as often as it says', () => {
    expect(struck({ probability: 0 }, 100)).toEqual([])
    expect(struck({ probability: 1 }, 100)).toHaveLength(100)
    expect(struck({ probability: 0.3 }, 100, 1)).toEqual(struck({ probability: 0.3 }, 100, 1))
    expect(struck({ probability: 0.3 }, 100, 1)).not.toEqual(struck({ probability: 0.3 }, 100, 2))
    expect(Math.abs(struck({ probability: 0.3 }, 2_000).length - 600)).toBeLessThan(90)
    expect(struck({ probability: 0.5, times: 3 }, 100)).toHaveLength(3)
  })

  test('together with others, in the order of the plan', () => {
    expect(strikerOf([latency({}, 1), latency({ nth: 2 }, 2), latency({}, 3)]).strikeCall(call())).toEqual([
      { fault: 'latency', ms: 1 },
      { fault: 'latency', ms: 3 },
    ])
  })

  test('deliveries when it is one on deliveries, and else calls', () => {
    const lost = { fault: 'lost', on: { provider: 'shop', topic: 'made' } } as const
    const striker = strikerOf([latency(), lost])
    expect(striker.strikeCall(call({ name: 'made' }))).toEqual([{ fault: 'latency', ms: 5 }])
    expect(striker.strikeDelivery(call({ name: 'made' }))).toEqual([{ fault: 'lost' }])
    expect(striker.strikeDelivery(call({ name: 'gone' }))).toEqual([])
  })

  test('never more often than times, whatever comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.double({ min: 0, max: 1, noNaN: true }), (times, probability) => {
        expect(struck({ times, probability }, 30).length).toBeLessThanOrEqual(times)
      }),
    )
  })
})

describe('a fault that was set', () => {
  test('counts its strikes, and strikes no more once it is taken back', () => {
    const striker = strikerOf([])
    const injection = striker.add(latency())
    striker.strikeCall(call())
    striker.strikeCall(call())
    expect(injection.strikes).toBe(2)
    injection.remove()
    expect(striker.strikeCall(call())).toEqual([])
    expect(striker.injections()).toEqual([injection])
  })

  test('is taken back with all others', () => {
    const striker = strikerOf([latency(), latency({ nth: 2 })])
    striker.clear()
    expect(striker.strikeCall(call())).toEqual([])
    expect(striker.injections().map(({ strikes }) => strikes)).toEqual([0, 0])
  })

  test.each([
    [{}, 'any call of shop'],
    [{ operation: 'read', nth: 2 }, 'call 2 of read of shop'],
    [{ topic: 'made' }, 'any delivery of made of shop'],
    [
      { operation: 'read', fromMs: 5, untilMs: 9, times: 2, probability: 0.5 },
      'any call of read of shop from 5 ms until 9 ms, 2 at most, with probability 0.5',
    ],
  ])('says where it strikes: %j', (on, words) => {
    expect(targetInWords({ provider: 'shop', ...on })).toBe(words)
  })
})

test('a fault that never struck is reported by the world, with the place it was meant for', async () => {
  const plan = {
    faults: [
      { fault: 'latency', ms: 5, on: { provider: 'shop', operation: 'listOrders', nth: 1 } },
      { fault: 'latency', ms: 6, on: { provider: 'shop', operation: 'listOrders', nth: 2 } },
      { fault: 'lost', on: { provider: 'shop', topic: 'order.created', nth: 1 } },
    ],
  } as const
  const world = createWorld({ simulators: { shop: acmeShop() }, plan })
  await world.run(() => fetch(`${shopOrigin}/v1/orders`, { headers: shopHeaders }))
  expect(world.unusedFaults().map(({ fault, on }) => [fault, on])).toEqual([
    [{ fault: 'latency', ms: 6 }, 'call 2 of listOrders of shop'],
    [{ fault: 'lost' }, 'delivery 1 of order.created of shop'],
  ])
})
