import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { PlannedFault } from '../../src/faults/plan.ts'
import { builtInInvariants } from '../../src/invariants/built-in.ts'
import { shopHeaders, shopOrigin, shopToken } from '../fixtures/acme-shop.ts'
import {
  broken,
  busy,
  down,
  isOrdered,
  on,
  one,
  ordered,
  orderOnce,
  type Play,
  played,
  Refused,
  replyLost,
  send,
  wait,
} from './shop-subjects.ts'

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

  test('of succeeding where it fails without faults, which shows no success to compare with', async () => {
    let isFree = true
    const play: Play = async ({ all, intent }) => {
      isFree = true
      await all(2, (n) =>
        intent(`order ${n}`, async () => {
          await send('GET', '/v1/orders')
          if (!isFree) throw new Refused(409)
          isFree = false
          await ordered(`lamp ${n}`)
          isFree = true
        }),
      )
    }
    const late: PlannedFault = { fault: 'latency', ms: 9_000, on: { ...on, operation: 'listOrders' } }
    expect((await played(play)).intents.map(({ status }) => status)).toContain('failed')
    const run = await played(play, [late])
    expect(run.intents.map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
    expect(run.violations).toEqual([])
    const twice: PlannedFault = { fault: 'call-duplicated', on: { provider: 'shop', operation: 'createOrder' } }
    expect(broken(await played(play, [late, twice]))).toEqual(['effects-happen-once'])
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
    const accused = await played(saga, [unpaid])
    expect(broken(accused)).toEqual(['effects-happen-once'])
    expect(accused.violations[0]?.message).toContain('named in `compensations`')
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

  test('of success although it took back what it did', async () => {
    const saga: Play = one(async () => {
      const { id } = (await ordered('lamp')) as { readonly id: string }
      if (!(await send('POST', '/v1/orders', { item: 'payment' })).ok) await send('DELETE', `/v1/orders/${id}`)
    })
    const tuning = { 'effects-happen-once': { compensations: ['cancelOrder'] } }
    const run = await played(saga, [{ ...down, on: { ...on, nth: 2 } }], tuning)
    expect(run.violations.map(({ message }) => message)).toEqual([
      'The intent "order a lamp" reports success, and its effect order created (lamp) at shop was taken back.',
      'The intent "order a lamp" reports success, and its effect order created (payment) at shop never happened.',
    ])
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
      const run = await played(
        one(() =>
          wait(50)
            .then(() => console.log('calling with', line))
            .then(() => wait(50)),
        ),
      )
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
