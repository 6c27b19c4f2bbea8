import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builtInInvariants } from '../../src/invariants/built-in.ts'
import type { Finding, JudgedRun } from '../../src/invariants/invariant.ts'
import { tallyCalls, tallyEffects } from '../../src/invariants/tallies.ts'
import type { ExchangeRecord } from '../../src/simulator/journal.ts'
import { exchange, startedAt } from '../report/results.ts'

function judged(exchanges: readonly ExchangeRecord[]): JudgedRun {
  return {
    startedAt,
    endedAt: startedAt + 600_000,
    exchanges,
    notes: [],
    intents: [],
    effects: tallyEffects(exchanges),
    calls: tallyCalls(exchanges),
    escapes: [],
    unhandled: [],
    leaks: [],
    secrets: [],
  }
}

const check = (
  name: keyof typeof builtInInvariants,
  exchanges: readonly ExchangeRecord[],
  { baseline = [], tuning = {} }: { readonly baseline?: readonly ExchangeRecord[]; readonly tuning?: object } = {},
): readonly Finding[] => [
  ...builtInInvariants[name].settle(tuning).check(judged(exchanges), { ...judged(baseline), failed: new Set() }),
]

const at = (n: number, ms: number, over: Partial<ExchangeRecord> = {}): ExchangeRecord =>
  exchange({ n, sentAt: startedAt + ms, endedAt: startedAt + ms + 20, endedAfter: n, ...over })
const asked = (n: number, ms: number, retryAfter: string, over: Partial<ExchangeRecord> = {}): ExchangeRecord =>
  at(n, ms, { status: 429, reply: { headers: { 'retry-after': retryAfter }, body: '' }, ...over })

describe('retry-after-is-obeyed', () => {
  const obeys = (...exchanges: ExchangeRecord[]): number => check('retry-after-is-obeyed', exchanges).length

  test('reads seconds from when the reply was known, to the millisecond', () => {
    expect(obeys(asked(1, 0, '7'), at(2, 7_019))).toBe(1)
    expect(obeys(asked(1, 0, '7'), at(2, 7_020))).toBe(0)
    expect(obeys(asked(1, 0, '0'), at(2, 20))).toBe(0)
  })

  test('reads a date', () => {
    const date = 'Mon, 05 Jan 2026 09:00:07 GMT'
    expect(obeys(asked(1, 0, date), at(2, 6_999))).toBe(1)
    expect(obeys(asked(1, 0, date), at(2, 7_000))).toBe(0)
    expect(obeys(asked(1, 0, 'Mon, 05 Jan 2026 08:00:00 GMT'), at(2, 30))).toBe(0)
  })

  test.each(['soon', '', '-5', '1.5', 'NaN'])('ignores what is neither: %j', (value) => {
    expect(obeys(asked(1, 0, value), at(2, 30))).toBe(0)
  })

  test('sees a call within the very millisecond in which the reply came', () => {
    expect(obeys(asked(1, 0, '7'), at(2, 20))).toBe(1)
  })

  test('does not see one in the call that was begun before the reply came, within the same millisecond', () => {
    expect(obeys(asked(1, 0, '7', { endedAfter: 2 }), at(2, 20))).toBe(0)
    expect(obeys(asked(1, 0, '7', { endedAfter: 2 }), at(2, 20), at(3, 40))).toBe(1)
  })

  test('holds to a shorter wait although a longer one is asked for later', () => {
    const later = asked(2, 0, '60', { endedAfter: 3 })
    expect(obeys(asked(1, 0, '7'), later, at(3, 2_000))).toBe(1)
  })

  test('holds to a longer wait although a shorter one is asked for later', () => {
    expect(obeys(asked(1, 0, '60'), asked(2, 60_020, '1'), at(3, 61_040))).toBe(0)
    expect(obeys(asked(1, 0, '60', { endedAfter: 2 }), asked(2, 10, '1'), at(3, 30_000))).toBe(1)
  })

  test('says once that a demand was not met', () => {
    expect(obeys(asked(1, 0, '60'), at(2, 30), at(3, 60), at(4, 90))).toBe(1)
    expect(obeys(asked(1, 0, '60'), asked(2, 30, '60'), at(3, 60))).toBe(2)
  })

  test('asks nothing of other providers, other intents, and after success', () => {
    expect(obeys(asked(1, 0, '60'), at(2, 30, { provider: 'other' }))).toBe(0)
    expect(obeys(asked(1, 0, '60'), at(2, 30, { intent: 'move 1' }))).toBe(0)
    expect(obeys(asked(1, 0, '60', { status: 200 }), at(2, 30))).toBe(0)
    expect(obeys(asked(1, 0, '60', { status: undefined, reply: undefined }), at(2, 30))).toBe(0)
  })

  test('takes no copy that something on the way made for a call of the subject', () => {
    expect(obeys(asked(1, 0, '60'), at(2, 30, { duplicateOf: 1 }))).toBe(0)
  })
})

describe('concurrency-is-bounded', () => {
  const tuning = { callsMax: 2 }
  const peak = (...exchanges: ExchangeRecord[]) => check('concurrency-is-bounded', exchanges, { tuning })
  const flight = (n: number, from: number, until: number | undefined, over: Partial<ExchangeRecord> = {}) =>
    at(n, from, { endedAt: until === undefined ? undefined : startedAt + until, ...over })

  test('counts what overlaps, and says when', () => {
    expect(peak(flight(1, 0, 10), flight(2, 5, 15), flight(3, 9, 20))).toEqual([
      { message: '3 calls were in flight to https://api.trello.com (trello): 2 are allowed.', at: startedAt + 9 },
    ])
    expect(peak(flight(1, 0, 10), flight(2, 5, 15), flight(3, 10, 20))).toEqual([])
  })

  test('counts what never ended for ever', () => {
    expect(peak(flight(1, 0, undefined), flight(2, 100, undefined), flight(3, 9_000, 9_001))).toHaveLength(1)
  })

  test('counts each origin by itself, and no copies', () => {
    const elsewhere = { call: { method: 'GET', url: 'https://eu.trello.com/1', headers: {}, body: '' } }
    expect(peak(flight(1, 0, 10), flight(2, 0, 10), flight(3, 0, 10, elsewhere))).toEqual([])
    expect(peak(flight(1, 0, 10), flight(2, 0, 10), flight(3, 0, 10, { duplicateOf: 1 }))).toEqual([])
  })

  test('finds the same peak as counting at every instant does', () => {
    const spans = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(spans, (given) => {
        const flights = given.map(([from, length], n) => flight(n + 1, from, from + length))
        const counts = Array.from(
          { length: 60 },
          (_, ms) => given.filter(([from, length]) => from <= ms && ms < from + length).length,
        )
        const highest = Math.max(...counts)
        const findings = check('concurrency-is-bounded', flights, { tuning: { callsMax: 1 } })
        expect(findings[0]?.message.split(' ')[0]).toBe(highest > 1 ? String(highest) : undefined)
        if (highest > 1) expect(findings[0]?.at).toBe(startedAt + counts.indexOf(highest))
      }),
    )
  })
})

describe('effects', () => {
  const moved = (n: number, intent: string, key = 'ship it'): ExchangeRecord =>
    at(n, n * 100, { intent, effects: [{ what: 'card moved', key }] })
  const once = (exchanges: readonly ExchangeRecord[], baseline: readonly ExchangeRecord[]) =>
    check('effects-happen-once', exchanges, { baseline }).map(({ message }) => message)

  test('may change hands between intents, but not grow', () => {
    const baseline = [moved(1, 'a')]
    expect(once([moved(1, 'b')], baseline)).toEqual([])
    expect(once([moved(1, 'a'), moved(2, 'b')], baseline)).toEqual([
      'The intent "b" had the effect card moved (ship it) at trello once, and never without faults. An effect that takes another back is to be named in `compensations`.',
    ])
    expect(once([moved(1, 'b'), moved(2, 'b')], [moved(1, 'a'), moved(2, 'b')])).toHaveLength(1)
  })

  test('without a key are named without one', () => {
    expect(once([moved(1, 'a', ''), moved(2, 'a', '')], [moved(1, 'a', '')])).toEqual([
      'The intent "a" had the effect card moved at trello 2 times, and once without faults.',
    ])
  })

  test('on other things are other effects', () => {
    expect(once([moved(1, 'a'), moved(2, 'a', 'other')], [moved(1, 'a')])).toHaveLength(1)
    expect(once([moved(1, 'a'), moved(2, 'a', 'other')], [moved(1, 'a'), moved(2, 'a', 'other')])).toEqual([])
  })

  test('that were taken back allow for one more on the same thing, and on no other', () => {
    const back = (n: number, key: string) => at(n, n * 100, { intent: 'a', effects: [{ what: 'card deleted', key }] })
    const tuning = { compensations: ['card deleted'] }
    const findings = (...exchanges: ExchangeRecord[]) =>
      check('effects-happen-once', exchanges, { baseline: [moved(1, 'a')], tuning }).length
    expect(findings(moved(1, 'a'), back(2, 'ship it'), moved(3, 'a'))).toBe(0)
    expect(findings(moved(1, 'a'), back(2, 'other'), moved(3, 'a'))).toBe(1)
    expect(findings(moved(1, 'a'), moved(3, 'a'))).toBe(1)
  })
})

describe('retries-are-bounded', () => {
  const calls = (intent: string, count: number): ExchangeRecord[] =>
    Array.from({ length: count }, (_, n) => at(n, n * 1_000, { intent }))
  const bounded = (exchanges: readonly ExchangeRecord[], baseline: readonly ExchangeRecord[]) =>
    check('retries-are-bounded', exchanges, { baseline, tuning: { retriesMax: 2 } })

  test('allows for the calls of the faultless run and so many more, and dates the first too many', () => {
    expect(bounded(calls('a', 5), calls('a', 3))).toEqual([])
    expect(bounded(calls('a', 6), calls('a', 3))).toMatchObject([{ at: startedAt + 5_000 }])
  })

  test('allows for calls that others left out, and for no more', () => {
    const baseline = [...calls('a', 3), ...calls('b', 3)]
    expect(bounded([...calls('a', 7), ...calls('b', 1)], baseline)).toEqual([])
    expect(bounded([...calls('a', 8), ...calls('b', 1)], baseline)).toHaveLength(1)
    expect(bounded([...calls('a', 6), ...calls('b', 3)], baseline)).toHaveLength(1)
  })
})
