import { describe, expect, test } from 'vitest'
import type { PlannedFault } from '../../src/faults/plan.ts'
import { builtInInvariants } from '../../src/invariants/built-in.ts'
import { shopHeaders, shopToken } from '../fixtures/acme-shop.ts'
import {
  broken,
  busy,
  down,
  hung,
  one,
  ordered,
  orderOnce,
  type Play,
  played,
  replyLost,
  wait,
  within,
} from './shop-subjects.ts'

interface Case {
  readonly wrong: Play
  readonly right: Play
  readonly faults: readonly PlannedFault[]
  readonly message: RegExp
  /** When it is seen, in virtual milliseconds since the start. */
  readonly from: number
  readonly until: number
}

const cases: Readonly<Record<keyof typeof builtInInvariants, Case>> = {
  'effects-happen-once': {
    faults: [replyLost],
    wrong: one(() => ordered('lamp').catch(() => ordered('lamp'))),
    right: one(() => orderOnce('lamp')),
    message:
      /^The intent "order a lamp" had the effect order created \(lamp\) at shop 2 times, and once without faults\.$/,
    from: 20,
    until: 160,
  },
  'success-means-effects': {
    faults: [down],
    wrong: one(() => ordered('lamp').catch(() => undefined)),
    right: one(() => orderOnce('lamp')),
    message:
      /^The intent "order a lamp" reports success, and its effect order created \(lamp\) at shop never happened\.$/,
    from: 10,
    until: 80,
  },
  'failure-is-reported': {
    faults: [down],
    wrong: one(() => ordered('lamp').catch(() => Promise.reject('no luck'))),
    right: one(() => ordered('lamp')),
    message: /^The intent "order a lamp" failed with 'no luck', which tells nobody what went wrong\.$/,
    from: 10,
    until: 80,
  },
  'retry-after-is-obeyed': {
    faults: [busy],
    wrong: one(() => ordered('lamp').catch(() => ordered('lamp'))),
    right: one(() => orderOnce('lamp')),
    message:
      /^The intent "order a lamp" called createOrder of shop 7\.0 s before the "Retry-After: 7" of a 429 had passed\.$/,
    from: 10,
    until: 80,
  },
  'retries-are-bounded': {
    faults: [{ ...down, on: { provider: 'shop', operation: 'createOrder', times: 12 } }],
    wrong: one(async () => {
      while (!(await ordered('lamp').catch(() => false))) await wait(1_000)
    }),
    right: one(() => orderOnce('lamp')),
    message: /^The intent "order a lamp" called createOrder of shop 13 times, 1 without faults: 8 more are allowed\.$/,
    from: 9_000,
    until: 9_800,
  },
  'concurrency-is-bounded': {
    faults: [],
    wrong: one(() => Promise.all(Array.from({ length: 21 }, (_, n) => ordered(`lamp ${n}`)))),
    right: one(async () => {
      await Promise.all(Array.from({ length: 20 }, (_, n) => ordered(`lamp ${n}`)))
      await Promise.all(Array.from({ length: 20 }, (_, n) => ordered(`desk ${n}`)))
    }),
    message: /^21 calls were in flight to https:\/\/api\.shop\.example \(shop\): 20 are allowed\.$/,
    from: 0,
    until: 0,
  },
  'intents-settle': {
    faults: [hung],
    wrong: one(() => ordered('lamp')),
    right: one(() => ordered('lamp', within(5_000))),
    message: /^The intent "order a lamp" settled after 30\d\.\d s: 240 s are allowed\.$/,
    from: 240_000,
    until: 240_000,
  },
  'no-unhandled-rejection': {
    faults: [down],
    wrong: one(async () => {
      const order = ordered('lamp')
      await wait(500)
      await order
    }),
    right: one(() => ordered('lamp')),
    message: /^Nobody handled this: Error: The shop answered 503\.$/,
    from: 10,
    until: 80,
  },
  'no-escaped-call': {
    faults: [],
    wrong: one(() => fetch('https://api.elsewhere.example/v1').catch(() => undefined)),
    right: one(() => ordered('lamp')),
    message: /^https:\/\/api\.elsewhere\.example was called, and no simulator of this scenario serves it\.$/,
    from: 0,
    until: 0,
  },
  'no-secret-leaks': {
    faults: [down],
    wrong: one(() =>
      ordered('lamp').catch((cause) => {
        throw new Error('The order failed.', { cause: { reason: cause, headers: shopHeaders } })
      }),
    ),
    right: one(() => ordered('lamp')),
    message: /^The intent "order a lamp" failed with an error that holds a credential: ….*\[redacted\].*…$/,
    from: 10,
    until: 80,
  },
}

describe.each(Object.entries(cases))('%s', (name, { wrong, right, faults, message, from, until }) => {
  test('catches a subject that breaks it, by name, in one sentence, at the right time', async () => {
    const run = await played(wrong, faults)
    const violation = run.violations.find(({ invariant }) => invariant === name)
    expect(violation?.kind).toBe('built-in')
    expect(violation?.message).toMatch(message)
    expect(violation?.message).not.toContain(shopToken)
    expect(violation?.message).not.toContain('\n')
    expect(violation?.atMs).toBeGreaterThanOrEqual(from)
    expect(violation?.atMs).toBeLessThanOrEqual(until)
  })

  test('accuses no subject that keeps it', async () => {
    expect((await played(right, faults)).violations).toEqual([])
  })

  test('is silent about the wrong subject once it is switched off with a reason', async () => {
    expect(broken(await played(wrong, faults, { [name]: { off: 'known, and accepted' } }))).not.toContain(name)
  })

  test('says in one sentence what it demands', () => {
    const { explanation } = builtInInvariants[name as keyof typeof builtInInvariants].settle({})
    expect(explanation).toMatch(/^[A-Z][^\n]*\.$/)
  })
})
