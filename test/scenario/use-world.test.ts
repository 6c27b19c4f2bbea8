import { describe, expect, expectTypeOf, test } from 'vitest'
import { replyLost } from '../../src/faults/faults.ts'
import { useWorld } from '../../src/scenario/vitest.ts'
import type { OperationsOf } from '../../src/world/types.ts'
import { acmePromotions } from '../fixtures/acme-promotions.ts'

const realDate = Date
const realSetTimeout = setTimeout

const redeem = (key: string): Promise<Response> =>
  fetch('https://api.acme.example/v1/codes/SPRING/redemptions', {
    method: 'POST',
    headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ customerId: key }),
  })

describe('a test with a world', () => {
  const world = useWorld({ simulators: { acme: acmePromotions() } })

  test('reads and writes typed state, and its calls are answered at the real origin', () =>
    world.run(async () => {
      world.acme.state.codes.set('SPRING', { redemptionsMax: 2 })
      expect((await redeem('ada')).status).toBe(201)
      expect(world.acme.state.redemptions.get('ada')?.customerId).toBe('ada')
    }))

  test('has a world of its own: nothing is left of the one before', () =>
    world.run(async () => {
      expect(world.acme.state.redemptions.size).toBe(0)
      expect(world.journal.length).toBe(0)
      expect((await redeem('ada')).status).toBe(404)
    }))

  test('injects faults by the names of the simulator', () =>
    world.run(async () => {
      world.acme.state.codes.set('SPRING', { redemptionsMax: 2 })
      world.inject('acme', 'redeemCode', replyLost({ times: 1 }))
      await expect(redeem('ada')).rejects.toThrow('fetch failed')
      expect(world.acme.state.redemptions.size).toBe(1)
    }))
})

describe('each test', () => {
  const world = useWorld({ simulators: { acme: acmePromotions() }, seed: 5 })
  const fingerprints: string[] = []

  test.for([1, 2])('has the same seed: run %i is the same run', () =>
    world.run(async () => {
      world.acme.state.codes.set('SPRING', { redemptionsMax: 2 })
      await redeem('ada')
      fingerprints.push(world.fingerprint())
      expect(new Set(fingerprints).size).toBe(1)
    }),
  )
})

describe('a test that throws', () => {
  const world = useWorld({ simulators: { acme: acmePromotions() } })
  const realFetch = fetch
  const realRandom = Math.random

  test.fails('within its world', () =>
    world.run(async () => {
      world.inject('acme', 'redeemCode', replyLost({ times: 1 }))
      await new Promise((resolve) => setTimeout(resolve, 3_600_000))
      throw new TypeError('on purpose')
    }))

  test('gives back clock, chance and network all the same, and its faults are gone', async () => {
    expect([Date, setTimeout, fetch, Math.random]).toEqual([realDate, realSetTimeout, realFetch, realRandom])
    expect(await world.run(async () => (await redeem('ada')).status)).toBe(404)
  })
})

describe('tests that run concurrently', { concurrent: true }, () => {
  const world = useWorld({ simulators: { acme: acmePromotions() } })

  test.fails('are refused: they would share a world unawares', async () => {
    await world.run(async () => {})
  })
})

describe('a test whose world does not end', () => {
  const world = useWorld({ simulators: { acme: acmePromotions() }, bounds: { realMsMax: 50 } })

  test('may leave it running', () => {
    const run = world.run(async () => {
      for (;;) await new Promise<void>((resolve) => setTimeout(resolve, 1))
    })
    run.catch(() => {})
  })

  test('does not keep the next one from having clock and network to itself', async () => {
    expect([Date, setTimeout]).toEqual([realDate, realSetTimeout])
    expect(await world.run(async () => (await redeem('ada')).status)).toBe(404)
  })
})

describe('a fault that never strikes', () => {
  const world = useWorld({ simulators: { acme: acmePromotions() }, unusedFaults: 'allow' })

  test('passes where the test says so', () => {
    world.inject('acme', 'redeemCode', replyLost())
    expect(world.unusedFaults()).toHaveLength(1)
  })
})

describe('a fault that never strikes, where nothing is said', () => {
  const world = useWorld({ simulators: { acme: acmePromotions() } })

  test.fails('fails the test', () => {
    world.inject('acme', 'redeemCode', replyLost())
  })

  test('that was taken back after it struck passes', () =>
    world.run(async () => {
      const injection = world.inject('acme', 'redeemCode', replyLost())
      await redeem('ada').catch(() => undefined)
      injection.remove()
    }))
})

test('names of providers and operations are types, so that an editor completes them', () => {
  expectTypeOf<Parameters<typeof outside.inject<'acme'>>[0]>().toEqualTypeOf<'acme'>()
  expectTypeOf<OperationsOf<ReturnType<typeof acmePromotions>>>().toEqualTypeOf<'redeemCode'>()
  expectTypeOf(outside.inject).toBeCallableWith('acme', 'redeemCode', replyLost())
})

const outside = useWorld({ simulators: { acme: acmePromotions() } })

test('a world is not there before the first test begins', () => {
  const before = beforeAnyTest
  expect(before).toMatchObject({ name: 'WorldError', code: 'not_running' })
})

const beforeAnyTest: unknown = (() => {
  try {
    return outside.seed
  } catch (error) {
    return error
  }
})()
