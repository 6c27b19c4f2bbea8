import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { RunResult } from '../../src/explore/types.ts'
import type { PlannedFault } from '../../src/faults/plan.ts'
import { builtInInvariants } from '../../src/invariants/built-in.ts'
import { scenario } from '../../src/scenario/scenario.ts'
import type { PlayContext, ScenarioOptions } from '../../src/scenario/types.ts'
import { acmeShop, shopHeaders, shopOrigin, shopToken } from '../fixtures/acme-shop.ts'

type Sims = { readonly shop: ReturnType<typeof acmeShop> }
type Context = PlayContext<Sims, undefined, undefined>
type Play = (ctx: Context) => unknown

const send = (method: string, path: string, body?: object, signal?: AbortSignal): Promise<Response> =>
  fetch(`${shopOrigin}${path}`, {
    method,
    headers: shopHeaders,
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const within = (ms: number): AbortSignal => AbortSignal.timeout(ms)

class Refused extends Error {
  readonly status: number
  constructor(status: number) {
    super(`The shop answered ${status}.`)
    this.status = status
  }
}

async function ordered(item: string, signal?: AbortSignal): Promise<unknown> {
  const reply = await send('POST', '/v1/orders', { item }, signal)
  if (!reply.ok) throw new Refused(reply.status)
  return reply.json()
}

async function isOrdered(item: string): Promise<boolean> {
  const orders = (await (await send('GET', '/v1/orders')).json()) as { readonly item: string }[]
  return orders.some((order) => order.item === item)
}

/** Orders at most once: asks before it repeats. */
async function orderOnce(item: string): Promise<void> {
  for (let calls = 1; calls <= 3; calls++) {
    try {
      if (calls === 1 || !(await isOrdered(item))) await ordered(item)
      return
    } catch (error) {
      if (calls === 3) throw error
      await wait(8_000)
    }
  }
}

const on = { provider: 'shop', operation: 'createOrder', nth: 1 }
const replyLost: PlannedFault = { fault: 'reply-lost', on }
const busy: PlannedFault = { fault: 'rate-limited', retryAfterS: 7, on }
const down: PlannedFault = { fault: 'server-error', status: 503, when: 'before', on }
const hung: PlannedFault = { fault: 'hang', when: 'before', on }

/** Plays once, with these faults. */
function played(
  play: Play,
  faults: readonly PlannedFault[] = [],
  invariants: ScenarioOptions<Sims, undefined, undefined>['invariants'] = {},
): Promise<RunResult> {
  return scenario('Test_ShopIsUsedWell', {
    simulators: { shop: acmeShop({ limits: 'off' }) },
    subject: () => undefined,
    play,
    invariants,
  }).run({ seed: 1, given: undefined, plan: { faults } })
}

const broken = ({ violations }: RunResult): readonly string[] => [
  ...new Set(violations.map(({ invariant }) => invariant)),
]

interface Case {
  readonly wrong: Play
  readonly right: Play
  readonly faults: readonly PlannedFault[]
  readonly message: RegExp
  /** When it is seen, in virtual milliseconds since the start. */
  readonly from: number
  readonly until: number
}

const one =
  (task: () => unknown): Play =>
  ({ intent }) =>
    intent('order a lamp', task)

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

describe('a right subject is not accused', () => {
  test('of several effects that its intent rightly has, also on the same thing', async () => {
    const play: Play = one(async () => {
      await ordered('lamp')
      await ordered('lamp')
      await ordered('desk')
    })
    expect((await played(play, [{ fault: 'latency', ms: 2_000, on }])).violations).toEqual([])
  })

  test('of an effect that an intent shares with another, whichever of them has it', async () => {
    const ensure = async (): Promise<void> => {
      if (!(await isOrdered('lamp'))) await ordered('lamp')
    }
    const play: Play = async ({ intent }) => {
      await intent('first', ensure)
      await intent('second', ensure)
    }
    const run = await played(play, [down])
    expect(run.intents.map(({ status }) => status)).toEqual(['failed', 'succeeded'])
    expect(run.violations).toEqual([])
    // The other way round: the first has had it although it failed, and the second finds it.
    expect((await played(play, [replyLost])).violations).toEqual([])
  })

  test('of work that another intent left to it', async () => {
    const play: Play = async ({ all, intent }) => {
      const items = Array.from({ length: 24 }, (_, n) => `lamp ${n}`)
      await all(2, (worker) =>
        intent(`worker ${worker}`, async () => {
          for (let item = items.shift(); item; item = items.shift()) await orderOnce(item)
        }),
      )
    }
    const stuck: PlannedFault = {
      fault: 'latency',
      ms: 20_000,
      on: { provider: 'shop', operation: 'createOrder', nth: 1 },
    }
    expect((await played(play, [stuck])).violations).toEqual([])
  })

  test('of a copy that something on the way made of its call', async () => {
    const changeOrder: Play = one(async () => {
      const { id } = (await ordered('lamp')) as { readonly id: string }
      await send('PUT', `/v1/orders/${id}`, { item: 'lamp', quantity: 2 })
    })
    const copied = { fault: 'call-duplicated', on: { provider: 'shop', operation: 'changeOrder' } } as const
    expect((await played(changeOrder, [copied])).violations).toEqual([])
    const copiedOrder = { fault: 'call-duplicated', on } as const
    expect(
      broken(
        await played(
          one(() => ordered('lamp')),
          [copiedOrder],
        ),
      ),
    ).toEqual(['effects-happen-once'])
  })

  test('of calls that it had sent before it knew of a Retry-After', async () => {
    const play: Play = one(() => Promise.allSettled(Array.from({ length: 8 }, (_, n) => ordered(`lamp ${n}`))))
    const run = await played(play, [{ ...busy, on: { provider: 'shop', operation: 'createOrder', times: 8 } }])
    expect(broken(run)).not.toContain('retry-after-is-obeyed')
  })

  test('of calls of another intent that no Retry-After was told', async () => {
    const play: Play = async ({ intent }) => {
      await intent('first', () => ordered('lamp'))
      await intent('second', () => ordered('desk'))
    }
    expect((await played(play, [busy])).violations).toEqual([])
  })

  test('of taking back what it did, when it says that it does so', async () => {
    const saga: Play = one(async () => {
      const { id } = (await ordered('lamp')) as { readonly id: string }
      const paid = await send('POST', '/v1/orders', { item: 'payment' })
      if (paid.ok) return
      await send('DELETE', `/v1/orders/${id}`)
      throw new Refused(paid.status)
    })
    const unpaid: PlannedFault = { ...down, on: { ...on, nth: 2 } }
    expect(broken(await played(saga, [unpaid]))).toEqual(['effects-happen-once'])
    const run = await played(saga, [unpaid], { 'effects-happen-once': { compensations: ['cancelOrder'] } })
    expect(run.violations).toEqual([])
  })

  test('of an aggregate of errors, or of an error with a cause, that has no message of its own', async () => {
    const failing = (error: unknown): Play => one(() => Promise.reject(error))
    expect((await played(failing(new AggregateError([new Error('connect ECONNREFUSED')], '')))).violations).toEqual([])
    expect((await played(failing(new Error('', { cause: 'refused' })))).violations).toEqual([])
    expect(broken(await played(failing(new Error(' '))))).toEqual(['failure-is-reported'])
    expect(broken(await played(failing(new AggregateError([], ''))))).toEqual(['failure-is-reported'])
  })
})

describe('a wrong subject is accused', () => {
  test('of a retry long after its reply, but before the date of a Retry-After', async () => {
    const impatient = (ms: number): Play => one(() => ordered('lamp').catch(() => wait(ms).then(() => ordered('lamp'))))
    expect(broken(await played(impatient(6_500), [busy]))).toEqual(['retry-after-is-obeyed'])
    expect((await played(impatient(7_000), [busy])).violations).toEqual([])
  })

  test('of something it lost because another intent did not have it either', async () => {
    const play: Play = async ({ intent }) => {
      await intent('first', () => ordered('lamp').catch(() => undefined))
      await intent('second', () => ordered('lamp').catch(() => undefined))
    }
    const all: PlannedFault = { ...down, on: { provider: 'shop', operation: 'createOrder' } }
    const run = await played(play, [all])
    expect(run.violations.map(({ message }) => message.split(',')[0])).toEqual([
      'The intent "first" reports success',
      'The intent "second" reports success',
    ])
  })

  test('of an intent that never ends', async () => {
    const play: Play = ({ intent, world }) => {
      intent('wait for ever', () => new Promise(() => {}))
      return world.settle()
    }
    const run = await played(play)
    expect(run.violations).toMatchObject([
      {
        invariant: 'intents-settle',
        message: 'The intent "wait for ever" had not settled after 0.0 s, when the run ended.',
      },
    ])
  })

  test('of a credential that it logs, wherever it stands in the line', async () => {
    for (const line of [`token ${shopToken}`, encodeURIComponent(shopToken), JSON.stringify({ shopToken })]) {
      const run = await played(one(() => wait(50).then(() => console.log('calling with', line))))
      expect(broken(run)).toEqual(['no-secret-leaks'])
      expect(run.violations[0]).toMatchObject({ message: expect.stringContaining('calling with'), atMs: 50 })
      expect(JSON.stringify(run.violations)).not.toContain('Ünique')
    }
  })

  test('of a credential in a member of its error, in what it throws instead of one, and in what nobody handles', async () => {
    const url = `${shopOrigin}/?token=${encodeURIComponent(shopToken)}`
    const errors = [
      Object.assign(new Error('no'), { config: { headers: shopHeaders } }),
      new Error(`GET ${url} failed`),
      `GET ${url} failed`,
      Object.assign(new Error('no'), { body: 'x'.repeat(20_000) + shopToken }),
      new AggregateError([new Error(shopToken)], 'all failed'),
    ]
    for (const error of errors)
      expect(broken(await played(one(() => Promise.reject(error))))).toContain('no-secret-leaks')
    const unhandled = one(async () => {
      Promise.reject(errors[0])
      await wait(1)
    })
    expect(broken(await played(unhandled))).toEqual(['no-unhandled-rejection', 'no-secret-leaks'])
  })

  test('of a real call through node:http, which is not made', async () => {
    const play = one(
      () =>
        new Promise<void>((resolve) => {
          httpRequest('http://api.elsewhere.example/v1')
            .on('error', () => resolve())
            .end()
        }),
    )
    const run = await played(play)
    expect(run.violations).toMatchObject([
      {
        invariant: 'no-escaped-call',
        message: expect.stringMatching(/^(http:\/\/)?api\.elsewhere\.example.* was called/),
      },
    ])
  })

  test('of what runs outside of any intent too', async () => {
    const play: Play = async () => {
      const reply = await send('POST', '/v1/orders', { item: 'lamp' })
      if (reply.status === 429) await send('POST', '/v1/orders', { item: 'lamp' })
    }
    const run = await played(play, [busy])
    expect(run.violations).toMatchObject([
      { invariant: 'retry-after-is-obeyed', message: expect.stringMatching(/^What ran outside of any intent called /) },
    ])
  })
})

describe('tuning', () => {
  test('moves a bound', async () => {
    const play = one(() => Promise.all([ordered('lamp'), ordered('desk'), ordered('chair')]))
    expect(broken(await played(play, [], { 'concurrency-is-bounded': { callsMax: 2 } }))).toEqual([
      'concurrency-is-bounded',
    ])
    expect(broken(await played(play, [], { 'concurrency-is-bounded': { callsMax: 3 } }))).toEqual([])
    const retry = one(() => ordered('lamp').catch(() => wait(8_000).then(() => ordered('lamp'))))
    expect(broken(await played(retry, [down], { 'retries-are-bounded': { retriesMax: 0 } }))).toEqual([
      'retries-are-bounded',
    ])
    expect(broken(await played(retry, [down], { 'retries-are-bounded': { retriesMax: 1 } }))).toEqual([])
    expect(broken(await played(retry, [down], { 'intents-settle': { virtualMsMax: 7_999 } }))).toEqual([
      'intents-settle',
    ])
    expect(broken(await played(retry, [down], { 'intents-settle': { virtualMsMax: 8_500 } }))).toEqual([])
  })

  test('is told by the explanation', () => {
    const explained = (name: keyof typeof builtInInvariants, tuning: object): string =>
      builtInInvariants[name].settle(tuning).explanation
    expect(explained('concurrency-is-bounded', { callsMax: 3 })).toContain('more than 3 calls')
    expect(explained('retries-are-bounded', { retriesMax: 4 })).toContain('more than 4 times')
    expect(explained('intents-settle', { virtualMsMax: 1_500 })).toContain('within 1.5 s')
  })
})
