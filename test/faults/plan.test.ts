import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callFaultNames, completeFault, deliveryFaultNames, strikesCalls } from '../../src/faults/catalogue.ts'
import type { Fault } from '../../src/faults/fault.ts'
import * as builders from '../../src/faults/faults.ts'
import { type PlanContext, parsePlan } from '../../src/faults/plan.ts'
import { PlanError } from '../../src/faults/plan-error.ts'
import type { FaultName } from '../../src/simulator/fault-names.ts'
import { acmeShop } from '../fixtures/acme-shop.ts'

const context: PlanContext = { shop: acmeShop(), store: acmeShop() }
const on = { provider: 'shop', operation: 'createOrder', nth: 1 }
const allNames: readonly FaultName[] = [...callFaultNames, ...deliveryFaultNames]

/** What a plan is refused for: one sentence for each problem. */
function problemsOf(plan: unknown): readonly string[] {
  try {
    parsePlan(plan, context)
  } catch (error) {
    expect(error).toBeInstanceOf(PlanError)
    return (error as PlanError).problems
  }
  return []
}

const problemOf = (fault: unknown): string => {
  const problems = problemsOf({ faults: [fault] })
  expect(problems).toHaveLength(1)
  return problems[0] ?? ''
}

describe('a fault plan', () => {
  test('is plain JSON: it survives a round trip, defaults filled in', () => {
    const plan = parsePlan(
      {
        faults: [
          { fault: 'reply-lost', on },
          { fault: 'server-error', on: { provider: 'shop', fromMs: 10, untilMs: 20, times: 2, probability: 0.5 } },
          { fault: 'delayed', on: { provider: 'shop', topic: 'order.created', nth: 2 } },
        ],
      },
      context,
    )
    expect(plan.faults[1]).toMatchObject({ fault: 'server-error', status: 503, when: 'before' })
    expect(plan.faults[2]).toMatchObject({ fault: 'delayed', ms: 60_000 })
    expect(parsePlan(JSON.parse(JSON.stringify(plan)), context)).toEqual(plan)
  })

  test('survives a round trip whatever is in it', () => {
    const count = fc.integer({ min: 1, max: 99 })
    const narrowing = fc.record(
      { nth: count, times: count, fromMs: fc.nat(), probability: fc.double({ min: 0, max: 1, noNaN: true }) },
      { requiredKeys: [] },
    )
    const planned = fc.tuple(fc.constantFrom(...allNames), narrowing).map(([name, when]) => {
      const fault = completeFault({ fault: name } as Fault)
      const place = strikesCalls(fault) ? { operation: 'x' } : { topic: 'x' }
      return { ...fault, on: { provider: 'p', ...place, ...when } }
    })
    fc.assert(
      fc.property(fc.array(planned), (faults) => {
        const plan = parsePlan({ faults })
        expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan)
      }),
    )
  })

  test('may be empty', () => {
    expect(parsePlan({ faults: [] }, context)).toEqual({ faults: [] })
  })

  test('is taken at its word about names when nobody says which there are', () => {
    const faults = [{ fault: 'hang', when: 'before', on: { provider: 'anyone', operation: 'anything' } }]
    expect(parsePlan({ faults })).toEqual({ faults })
  })

  test('for the deliveries of a provider names a topic', () => {
    expect(problemsOf({ faults: [{ fault: 'lost', on: { provider: 'shop', topic: 'order.created' } }] })).toEqual([])
    expect(problemOf({ fault: 'lost', on })).toMatch(/faults\[0\]\.on.*"operation".*topic/)
    expect(problemOf({ fault: 'hang', on: { provider: 'shop', topic: 'order.created' } })).toMatch(
      /faults\[0\]\.on.*"topic".*operation/,
    )
  })
})

describe('what does not fit is refused', () => {
  test('with the nearest provider', () => {
    expect(problemOf({ fault: 'hang', on: { provider: 'shoop' } })).toBe(
      'faults[0].on.provider: got "shoop", which is no provider. Did you mean "shop"? Known: shop, store.',
    )
    expect(problemOf({ fault: 'hang', on: { provider: 'constructor' } })).toContain('which is no provider')
  })

  test('with the nearest operation', () => {
    expect(problemOf({ fault: 'hang', on: { provider: 'shop', operation: 'createOrdr' } })).toMatch(
      /^faults\[0\]\.on\.operation: got "createOrdr", which is no operation of shop\. Did you mean "createOrder"\? Known: /,
    )
  })

  test('with the nearest topic, where the provider names its topics', () => {
    expect(problemOf({ fault: 'lost', on: { provider: 'shop', topic: 'order.craeted' } })).toBe(
      'faults[0].on.topic: got "order.craeted", which is no topic of shop. Did you mean "order.created"? Known: order.created, order.cancelled, handshake.',
    )
    expect(problemsOf({ faults: [{ fault: 'lost', on: { provider: 'shop', topic: 'handshake' } }] })).toEqual([])
    const { topics: _, ...silent } = acmeShop()
    const faults = [{ fault: 'lost', on: { provider: 'shop', topic: 'anything' } }]
    expect(parsePlan({ faults }, { shop: silent })).toEqual({ faults })
  })

  test('with the nearest fault', () => {
    expect(problemOf({ fault: 'reply-losst', on })).toMatch(
      /^faults\[0\]\.fault: got "reply-losst", which is no fault\. Did you mean "reply-lost"\? Known: rate-limited, /,
    )
    expect(problemOf({ on })).toMatch(/^faults\[0\]\.fault: got nothing, which is no fault\. Known: /)
    expect(problemOf({ fault: 7, on })).toMatch(/got 7, which is no fault/)
    expect(problemOf({ fault: 'toString', on })).toMatch(/got "toString", which is no fault/)
  })

  test('with the faults that the provider does show', () => {
    expect(problemOf({ fault: 'dns-failure', on })).toMatch(
      /^faults\[0\]\.fault: shop never shows "dns-failure"; it shows /,
    )
  })

  test.each([
    [{ fault: 'latency', ms: 'long', on }, 'faults[0].ms: got "long".'],
    [{ fault: 'latency', ms: -1, on }, 'faults[0].ms: got -1.'],
    [{ fault: 'latency', ms: null, on }, 'faults[0].ms: got null.'],
    [{ fault: 'server-error', status: 404, on }, 'faults[0].status: got 404.'],
    [{ fault: 'hang', when: 'during', on }, 'faults[0].when: got "during".'],
    [{ fault: 'hang' }, 'faults[0].on: got nothing.'],
    [{ fault: 'hang', on: 'shop' }, 'faults[0].on: got "shop".'],
    [{ fault: 'hang', on: {} }, 'faults[0].on.provider: got nothing.'],
    [{ fault: 'hang', on: { ...on, nth: 0 } }, 'faults[0].on.nth: got 0.'],
    [{ fault: 'hang', on: { ...on, nth: 1.5 } }, 'faults[0].on.nth: got 1.5.'],
    [{ fault: 'hang', on: { ...on, probability: 2 } }, 'faults[0].on.probability: got 2.'],
    [{ fault: 'hang', on: { ...on, fromMs: 20, untilMs: 20 } }, 'faults[0].on.untilMs: got 20.'],
  ])('with the path and what was given: %j', (fault, start) => {
    expect(problemOf(fault).slice(0, start.length)).toBe(start)
  })

  test('with the nearest member where there is no such member', () => {
    expect(problemOf({ fault: 'latency', mss: 5, on })).toBe(
      'faults[0]: there is no member "mss". Did you mean "ms"? Known: fault, ms, on.',
    )
    expect(problemOf({ fault: 'hang', on: { ...on, nht: 5 } })).toMatch(
      /^faults\[0\]\.on: there is no member "nht"\. Did you mean "nth"\?/,
    )
    expect(problemsOf({ faults: [], fautls: [] })).toEqual([
      'plan: there is no member "fautls". Did you mean "faults"? Known: faults.',
    ])
  })

  test.each([null, undefined, [], 'plan', {}, { faults: {} }, { faults: [null] }, { faults: ['hang'] }])(
    'when it is no plan at all: %j',
    (plan) => {
      expect(problemsOf(plan)).toHaveLength(1)
    },
  )

  test('all at once, each by its own path', () => {
    const problems = problemsOf({
      faults: [
        { fault: 'hangg', on: { provider: 'shoop' } },
        { fault: 'hang', on },
        { fault: 'latency', ms: -1, extra: true, on: { provider: 'shop', operation: 'createOrdr', nth: -1 } },
        { fault: 'dns-failure', on: { provider: 'shop', operation: 'nothing' } },
      ],
    })
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'faults[0].fault',
      'faults[0].on.provider',
      'faults[2].ms',
      'faults[2].on.nth',
      'faults[2]',
      'faults[2].on.operation',
      'faults[3].fault',
      'faults[3].on.operation',
    ])
  })

  test('in one error that says it all', () => {
    const error = new PlanError(['one.', 'two.'])
    expect([error.name, error.code, error.message]).toEqual([
      'PlanError',
      'plan_invalid',
      'Fault plan does not fit: one. two.',
    ])
  })
})

describe('a fault by hand', () => {
  const made = Object.values(builders).map((build) => build())

  test('exists for each fault of the catalogue', () => {
    expect(made.map(({ fault }) => fault).sort()).toEqual([...allNames].sort())
  })

  test.each(made.map((fault) => [fault.fault, fault] as const))(
    'is what a plan makes of its name: %s',
    (name, fault) => {
      expect(fault).toEqual(completeFault({ fault: name } as Fault))
    },
  )

  test('keeps its settings and how often it strikes', () => {
    expect(builders.serverError({ status: 500, times: 2 })).toEqual({
      fault: 'server-error',
      status: 500,
      when: 'before',
      times: 2,
    })
  })
})
