import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callOf, headerOf, jsonReply, textReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import type { Handled, SimulatorOptions } from '../../src/simulator/definition.ts'
import type { LimitRule } from '../../src/simulator/limits.ts'
import { openOn } from '../fixtures/manual-host.ts'

const origin = 'https://api.limited.example'

const rule = (over: Partial<LimitRule> = {}): LimitRule => ({
  name: 'calls',
  algorithm: 'fixed-window',
  max: 3,
  intervalMs: 1_000,
  scope: ({ call }) => headerOf(call, 'x-key') ?? 'all',
  refuse: ({ rule: name }) => textReply(429, name),
  headers: ({ remaining, resetAtMs }) => ({ 'x-remaining': String(remaining), 'x-reset': String(resetAtMs) }),
  ...over,
})

const limited = (...rules: LimitRule[]) =>
  defineSimulator({
    name: 'limited',
    version: '1',
    origins: [origin],
    state: () => ({}),
    errors: { no: { status: 400 } },
    faults: [],
    limits: rules,
    operations: (operation) => ({
      read: operation('GET /read', {}, () => jsonReply(200, {})),
      fail: operation('GET /fail', {}, (ctx) => ctx.fail('no')),
      costly: operation('GET /costly', { cost: 2 }, () => jsonReply(200, {})),
      batch: operation('GET /batch', {}, async (ctx) => {
        for (let n = 0; n < 9; n++) await ctx.nested(callOf(`${origin}/read`))
        return jsonReply(200, {})
      }),
    }),
  })

/** A provider under these rules; `at(ms, …)` moves time there first. */
function opened(rules: readonly LimitRule[], options: SimulatorOptions = {}) {
  const { instance, host } = openOn(limited(...rules)(options))
  const start = host.clock.now()
  const handled = async (path: string, key?: string): Promise<Handled> =>
    instance.handle(callOf(`${origin}${path}`, key === undefined ? {} : { headers: { 'x-key': key } }))
  const at = async (ms: number, path = '/read', key?: string): Promise<Handled> => {
    await host.advance(start + ms - host.clock.now())
    return handled(path, key)
  }
  return { instance, start, at, statusAt: async (...args: Parameters<typeof at>) => (await at(...args)).reply.status }
}

const statuses = async (provider: ReturnType<typeof opened>, ...times: number[]): Promise<number[]> => {
  const seen: number[] = []
  for (const ms of times) seen.push(await provider.statusAt(ms))
  return seen
}

describe('a fixed window', () => {
  test('lets exactly max calls in until its end, and starts anew with the first call after it', async () => {
    const provider = opened([rule()])
    expect(await statuses(provider, 0, 500, 999, 999)).toEqual([200, 200, 200, 429])
    expect(await statuses(provider, 1_000, 1_000, 1_000, 1_999)).toEqual([200, 200, 200, 429])
    expect(await statuses(provider, 2_500, 3_499, 3_499, 3_499, 3_500)).toEqual([200, 200, 200, 429, 200])
  })

  test('tells what is left and when it ends', async () => {
    const provider = opened([rule()])
    const headers = (await provider.at(0)).reply.headers
    expect(headers).toMatchObject({ 'x-remaining': '2', 'x-reset': String(provider.start + 1_000) })
    await statuses(provider, 1, 2, 3)
    expect((await provider.at(4)).reply.headers).toMatchObject({ 'x-remaining': '0' })
  })
})

describe('a sliding window', () => {
  const sliding = rule({ algorithm: 'sliding-window' })

  test('lets exactly max calls in within any interval', async () => {
    const provider = opened([sliding])
    expect(await statuses(provider, 0, 500, 900, 999)).toEqual([200, 200, 200, 429])
    // At 1000 the first has just left it; the refused one at 999 still counts.
    expect(await statuses(provider, 1_000, 1_500, 1_899)).toEqual([429, 429, 429])
    expect(await statuses(provider, 3_000, 3_001, 3_002, 3_999, 4_000)).toEqual([200, 200, 200, 429, 429])
  })

  test('forgets a call exactly one interval after it came', async () => {
    expect(await statuses(opened([sliding]), 0, 0, 0, 999)).toEqual([200, 200, 200, 429])
    expect(await statuses(opened([sliding]), 0, 0, 0, 1_000)).toEqual([200, 200, 200, 200])
  })

  test('never lets more than max calls in within an interval, whenever they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 40 }), async (waits) => {
        const provider = opened([sliding])
        const accepted: number[] = []
        let ms = 0
        for (const wait of waits) {
          ms += wait
          if ((await provider.statusAt(ms)) === 200) accepted.push(ms)
        }
        for (const [n, first] of accepted.entries()) {
          const fourth = accepted[n + 3]
          if (fourth !== undefined) expect(fourth - first).toBeGreaterThanOrEqual(1_000)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('tells when the oldest call leaves it', async () => {
    const provider = opened([sliding])
    await provider.at(100)
    expect((await provider.at(400)).reply.headers['x-reset']).toBe(String(provider.start + 1_100))
  })
})

describe('a token bucket', () => {
  const bucket = rule({ algorithm: 'token-bucket', max: 3, intervalMs: 1_000 })

  test('starts full, and lets one more in exactly when a whole token is back', async () => {
    const provider = opened([bucket])
    expect(await statuses(provider, 0, 0, 0, 0)).toEqual([200, 200, 200, 429])
    // A third of a second is 333.3 ms: at 333 it is not back yet.
    expect(await statuses(provider, 333, 334, 666, 667, 1_000)).toEqual([429, 200, 429, 200, 200])
  })

  test('takes nothing for a refusal', async () => {
    const provider = opened([bucket])
    await statuses(provider, 0, 0, 0)
    expect(await statuses(provider, 100, 200, 300, 334)).toEqual([429, 429, 429, 200])
  })

  test('is exact however time is cut up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 30 }), async (waits) => {
        const provider = opened([rule({ algorithm: 'token-bucket', max: 10, intervalMs: 1_000 })])
        for (let n = 0; n < 10; n++) await provider.statusAt(0)
        let ms = 0
        // Tokens in tenths: one call costs ten, and a tenth is back each millisecond.
        let debt = 1_000
        for (const wait of waits) {
          ms += wait
          debt = Math.max(0, debt - wait)
          const fits = debt + 100 <= 1_000
          if (fits) debt += 100
          expect(await provider.statusAt(ms)).toBe(fits ? 200 : 429)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('tells how many whole tokens are left and when it is full', async () => {
    const provider = opened([bucket])
    await provider.at(0)
    expect((await provider.at(0)).reply.headers).toMatchObject({
      'x-remaining': '1',
      'x-reset': String(provider.start + 667),
    })
  })
})

describe('a limit', () => {
  test('keeps a count for each scope', async () => {
    const provider = opened([rule({ max: 1 })])
    expect(await provider.statusAt(0, '/read', 'one')).toBe(200)
    expect(await provider.statusAt(0, '/read', 'one')).toBe(429)
    expect(await provider.statusAt(0, '/read', 'two')).toBe(200)
  })

  test('leaves calls alone that it has no scope for, and tells them nothing', async () => {
    const provider = opened([rule({ max: 0, scope: ({ operation }) => (operation === 'fail' ? 'fail' : undefined) })])
    const handled = await provider.at(0)
    expect([handled.reply.status, handled.reply.headers['x-remaining']]).toEqual([200, undefined])
    expect(await provider.statusAt(0, '/fail')).toBe(429)
  })

  test('counts a call by its cost, and also one that fails', async () => {
    const provider = opened([rule()])
    expect(await provider.statusAt(0, '/costly')).toBe(200)
    expect(await provider.statusAt(0, '/fail')).toBe(400)
    expect(await provider.statusAt(0)).toBe(429)
  })

  test('does not count calls within a call', async () => {
    const provider = opened([rule({ max: 1 })])
    expect(await provider.statusAt(0, '/batch')).toBe(200)
    expect(await provider.statusAt(0)).toBe(429)
  })

  test('answers before later ones, and all of them count the call', async () => {
    const provider = opened([rule({ name: 'first', max: 1 }), rule({ name: 'second', max: 2, headers: () => ({}) })])
    await statuses(provider, 0)
    expect(Buffer.from((await provider.at(0)).reply.body).toString()).toBe('first')
    // Two calls have gone to the second rule, one of which the first had refused.
    expect(Buffer.from((await provider.at(1_000, '/read')).reply.body).toString()).toBe('{}')
  })
})

describe('a limit on refusals', () => {
  const lockOut = rule({ name: 'lock-out', counts: 'refusals', max: 2, intervalMs: 10_000 })

  test('refuses everything once more than max calls were refused, until its window ends', async () => {
    const provider = opened([rule({ max: 1, intervalMs: 100 }), lockOut])
    // 200, then three refusals by the first rule: one more than the lock-out allows.
    expect(await statuses(provider, 0, 1, 2, 3)).toEqual([200, 429, 429, 429])
    const locked = await provider.at(5_000)
    expect([locked.reply.status, Buffer.from(locked.reply.body).toString()]).toEqual([429, 'lock-out'])
    expect(await statuses(provider, 9_899, 9_999)).toEqual([429, 429])
    expect(await statuses(provider, 10_099)).toEqual([200])
  })

  test('stays quiet up to and including max refusals', async () => {
    const provider = opened([rule({ max: 1, intervalMs: 100 }), lockOut])
    expect(await statuses(provider, 0, 1, 2, 100, 200)).toEqual([200, 429, 429, 200, 200])
  })

  test('counts what any rule refused, its own refusals included', async () => {
    const provider = opened([rule({ max: 1, intervalMs: 100 }), { ...lockOut, algorithm: 'sliding-window' }])
    await statuses(provider, 0, 1, 2, 3)
    // Whoever goes on while locked out stays locked out.
    expect(await statuses(provider, 9_000, 12_000, 21_000, 29_000)).toEqual([429, 200, 200, 200])
    const stubborn = opened([rule({ max: 1, intervalMs: 100 }), { ...lockOut, algorithm: 'sliding-window' }])
    await statuses(stubborn, 0, 1, 2, 3, 4_000, 8_000)
    expect(await statuses(stubborn, 10_500)).toEqual([200])
    await statuses(stubborn, 10_501)
    expect(await statuses(stubborn, 10_700)).toEqual([429])
  })
})

describe('the option of a simulator', () => {
  test('switches its limits off', async () => {
    const provider = opened([rule({ max: 0 })], { limits: 'off' })
    const handled = await provider.at(0)
    expect([handled.reply.status, handled.reply.headers['x-remaining']]).toEqual([200, undefined])
  })

  test('keeps them as documented, or with other numbers by name', async () => {
    expect(await statuses(opened([rule({ max: 1 })], { limits: 'documented' }), 0, 0)).toEqual([200, 429])
    const tuned = opened([rule({ max: 1 }), rule({ name: 'other', max: 2 })], { limits: { calls: { max: 5 } } })
    expect(await statuses(tuned, 0, 0, 0)).toEqual([200, 200, 429])
    expect((await tuned.at(0)).reply.headers).toHaveProperty('x-remaining')
    const shorter = opened([rule({ max: 1 })], { limits: { calls: { intervalMs: 10 } } })
    expect(await statuses(shorter, 0, 9, 10)).toEqual([200, 429, 200])
  })

  test('names rules that exist: else it says which is nearest', () => {
    expect(() => opened([rule()], { limits: { cals: { max: 5 } } })).toThrow(/"cals".*"calls"/)
    expect(() => opened([rule()], { limits: 'none' as 'off' })).toThrow(/"none".*documented.*off/)
    expect(() => opened([rule()], { limits: { calls: { max: -1 } } })).toThrow(/calls.*max.*-1/)
    expect(() => opened([rule()], { limits: { calls: { intervalMs: 0 } } })).toThrow(/calls.*intervalMs.*0/)
    expect(() => opened([rule()], { limits: { calls: { maximum: 4 } as object } })).toThrow(/calls.*"maximum".*"max"/)
  })
})

describe('the plain form of a limit', () => {
  const plain = defineSimulator({
    name: 'plain',
    version: '1',
    origins: [origin],
    state: () => ({}),
    errors: {},
    faults: [],
    limits: { requestsPerSecondMax: 2 },
    operations: (operation) => ({ read: operation('GET /read', {}, () => jsonReply(200, {})) }),
  })

  test('is so many requests a second from all, and a 429 that asks to wait for one', async () => {
    const { instance, host } = openOn(plain())
    const replies = []
    for (let n = 0; n < 3; n++) replies.push((await instance.handle(callOf(`${origin}/read`))).reply)
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(replies[2]?.headers['retry-after']).toBe('1')
    await host.advance(1_000)
    expect((await instance.handle(callOf(`${origin}/read`))).reply.status).toBe(200)
  })

  test('is called requests', async () => {
    const { instance } = openOn(plain({ limits: { requests: { max: 1 } } }))
    await instance.handle(callOf(`${origin}/read`))
    expect((await instance.handle(callOf(`${origin}/read`))).reply.status).toBe(429)
  })
})

test('the counts of limits are part of a snapshot, and a reset forgets them', async () => {
  const provider = opened([rule({ max: 2 }), rule({ name: 'slide', algorithm: 'sliding-window', max: 2 })])
  await statuses(provider, 0)
  const snapshot = provider.instance.snapshot()
  expect(await statuses(provider, 0, 0)).toEqual([200, 429])
  provider.instance.restore(snapshot)
  expect(await statuses(provider, 0, 0)).toEqual([200, 429])
  provider.instance.restore(snapshot)
  expect(await statuses(provider, 0, 0)).toEqual([200, 429])
  provider.instance.reset()
  expect(await statuses(provider, 0, 0, 0)).toEqual([200, 200, 429])
})
