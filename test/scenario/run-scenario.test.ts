import { describe, expect, test } from 'vitest'
import { explore } from '../../src/explore/explore.ts'
import type { RunResult } from '../../src/explore/types.ts'
import type { PlannedFault } from '../../src/faults/plan.ts'
import { down, type Options, on, order, ordering, run, wait } from './ordering.ts'

const broken = ({ violations }: RunResult): readonly (readonly [string, string])[] =>
  violations.map(({ invariant, kind }) => [kind, invariant])

describe('a run', () => {
  test('arranges, makes the subject, plays, and judges', async () => {
    const steps: string[] = []
    const result = await run<string>({
      arrange: ({ shop }) => {
        steps.push(`arrange ${shop.state.orders.size}`)
        shop.state.orders.set('ord-1', { id: 'ord-1', item: 'desk', quantity: 1 })
      },
      subject: ({ shop }) => `subject ${shop.order('desk')?.quantity}`,
      play: async ({ subject, intent }) => {
        steps.push(subject)
        await intent('order a lamp', () => order('lamp'))
      },
      eventually: { 'both are there': ({ shop, subject }) => steps.push(`${subject} ${shop.state.orders.size}`) > 0 },
    })
    expect(steps).toEqual(['arrange 0', 'subject 1', 'subject 1 2'])
    expect(result.violations).toEqual([])
    expect(result.intents).toMatchObject([{ name: 'order a lamp', status: 'succeeded' }])
  })

  test('starts anew each time: nothing of one is left in the next', async () => {
    const made = ordering()
    const request = { seed: 1, given: undefined, plan: { faults: [] } }
    const [first, second] = [await made.run(request), await made.run(request)]
    expect(first.fingerprint).toBe(second.fingerprint)
    expect(second.records).toHaveLength(first.records.length)
  })

  test('gives each part a copy of the workload, so that changing it changes no other run', async () => {
    const given = { items: ['lamp', 'desk'] }
    const over: Options<undefined, typeof given> = {
      play: async ({ given: own, intent }) => {
        for (let item = own.items.pop(); item; item = own.items.pop()) await intent(`order ${item}`, () => order(item))
      },
    }
    const seen = [await run(over, [], given), await run(over, [down], given)]
    expect(given.items).toEqual(['lamp', 'desk'])
    expect(seen.map(({ intents }) => intents.length)).toEqual([2, 2])
  })

  test('shares a workload that cannot be copied', async () => {
    const given = { item: () => 'lamp' }
    const result = await run({ play: ({ given: own, intent }) => intent('order', () => order(own.item())) }, [], given)
    expect(result.violations).toEqual([])
  })

  test('starts when and takes as long as the scenario says', async () => {
    const result = await run({ startAt: '2026-03-01T00:00:00Z', latency: { minMs: 100, maxMs: 100 } })
    expect(new Date(result.startedAt).toISOString()).toBe('2026-03-01T00:00:00.000Z')
    expect(result.intents.map(({ startedAt, endedAt }) => (endedAt ?? 0) - startedAt)).toEqual([200])
  })

  test('tells faults that never struck, as plain data', async () => {
    const never: PlannedFault = { fault: 'hang', when: 'before', on: { ...on, nth: 7 } }
    const result = await run({}, [down, never])
    expect(result.unused).toStrictEqual([
      { fault: { fault: 'hang', when: 'before' }, on: 'call 7 of createOrder of shop' },
    ])
  })
})

describe('what breaks', () => {
  test('always: is seen right after the event that broke it, once', async () => {
    const result = await run({
      latency: { minMs: 10, maxMs: 10 },
      play: async ({ intent }) => {
        await intent('order a lamp', () => order('lamp'))
        await intent('order a desk', () => order('desk'))
      },
      always: {
        'there is no desk': ({ shop }) => shop.order('desk') === undefined,
        'there is at most one order': ({ shop }) => {
          if (shop.state.orders.size > 1) throw new RangeError(`There are ${shop.state.orders.size}.`)
        },
        'there are orders': ({ shop }) => shop.state.orders.size >= 0,
      },
    })
    expect(result.violations).toEqual([
      { invariant: 'there is no desk', kind: 'always', message: 'It gave false.', atMs: 30 },
      { invariant: 'there is at most one order', kind: 'always', message: 'RangeError: There are 2.', atMs: 30 },
    ])
  })

  test('always: is seen although it is whole again at the end', async () => {
    const result = await run({
      play: async ({ shop }) => {
        await wait(5)
        shop.state.orders.set('ord-1', { id: 'ord-1', item: 'moon', quantity: 1 })
        await wait(5)
        shop.state.orders.clear()
      },
      always: { 'nobody sells the moon': ({ shop }) => shop.order('moon') === undefined },
    })
    expect(result.violations).toMatchObject([{ invariant: 'nobody sells the moon', atMs: 5 }])
  })

  test('always: is seen before anything was played', async () => {
    const result = await run({ always: { 'there is an order': ({ shop }) => shop.state.orders.size > 0 } })
    expect(result.violations).toMatchObject([{ invariant: 'there is an order', atMs: 0 }])
  })

  test('eventually: is judged once the faults have ceased and all has settled, and may wait for things', async () => {
    const on = { provider: 'shop', operation: 'createOrder' }
    const lasting: PlannedFault = { fault: 'server-error', status: 503, when: 'before', on }
    const over: Options<{ left: number }, undefined> = {
      subject: () => ({ left: 1 }),
      play: ({ intent, subject }) =>
        intent('order in the background', () => {
          const attempt = (): unknown =>
            order('lamp').then(
              () => subject.left--,
              () => setTimeout(attempt, 60_000),
            )
          attempt()
        }),
      eventually: {
        'the order arrives': async ({ subject, shop }) => {
          await wait(1)
          return subject.left === 0 && shop.order('lamp') !== undefined
        },
        'the shop sells': async ({ shop }) => {
          if (shop.order('lamp')) throw new RangeError('sold')
        },
      },
      invariants: { 'success-means-effects': { off: 'it is made in the background' } },
    }
    expect((await run(over, [lasting])).violations).toMatchObject([
      { invariant: 'the shop sells', kind: 'eventually', message: 'RangeError: sold' },
    ])
  })

  test('outside of any intent while a fault strikes is a violation', async () => {
    const result = await run({ play: () => order('lamp') }, [down])
    expect(result.violations).toMatchObject([
      {
        invariant: 'no-throw-outside-intents',
        kind: 'world',
        message: 'play threw outside of any intent: TypeError: The shop answered 503.',
      },
    ])
  })

  test('the end of the world: a subject that waits for what never comes, or never stops', async () => {
    const stuck = await run({ play: ({ intent }) => intent('wait', () => new Promise(() => {})) })
    expect(broken(stuck)).toContainEqual(['world', 'world-ends'])
    const endless = await run({
      bounds: { virtualMsMax: 10_000 },
      play: async () => {
        for (;;) await wait(100)
      },
    })
    expect(endless.violations).toMatchObject([
      { invariant: 'world-ends', message: expect.stringContaining('10000 ms of virtual time') },
    ])
  })

  test('comes in order of time', async () => {
    const result = await run({
      play: async ({ intent }) => {
        await intent('fail badly', () => Promise.reject('no'))
        await wait(100)
        await order('lamp')
      },
      always: { 'nothing is sold': ({ shop }) => shop.state.orders.size === 0 },
      eventually: { 'all is well': () => false },
    })
    expect(result.violations.map(({ invariant }) => invariant)).toEqual([
      'failure-is-reported',
      'nothing is sold',
      'all is well',
    ])
  })
})

describe('a defect of the scenario', () => {
  const slip = (): never => {
    throw new TypeError('a slip')
  }

  test.each([
    ['arrange', { arrange: slip }, 'arrange of Test_AnOrderIsMadeOnce threw without any fault: TypeError: a slip.'],
    ['subject', { subject: slip }, 'subject of Test_AnOrderIsMadeOnce threw without any fault: TypeError: a slip.'],
    [
      'play',
      { play: slip },
      'play of Test_AnOrderIsMadeOnce threw without any fault: TypeError: a slip. Put what may fail into an intent.',
    ],
  ])('ends the run when %s throws without any fault', async (_, over, message) => {
    const ended = run(over)
    await expect(ended).rejects.toMatchObject({
      name: 'ScenarioError',
      code: 'baseline_throws',
      cause: { message: 'a slip' },
    })
    await expect(ended).rejects.toThrow(message)
    await expect(explore(ordering(over), { runs: 0 })).rejects.toThrow(message)
  })

  test('ends the run when arrange throws because a fault struck it, and says what to do', async () => {
    const faulted = run({ arrange: () => order('desk') }, [down])
    await expect(faulted).rejects.toThrow(
      'arrange of Test_AnOrderIsMadeOnce threw: TypeError: The shop answered 503. Arrange through the state of the simulators',
    )
  })

  test.each(['at once', 'later'])('ends the run when an invariant is to hold always and waits: %s', async (when) => {
    const over: Options<undefined, undefined> = {
      always: {
        'it waits': ({ shop }) => (when === 'at once' || shop.state.orders.size > 0 ? Promise.resolve(true) : true),
      },
    }
    await expect(run(over)).rejects.toMatchObject({ code: 'options_invalid' })
    await expect(run(over)).rejects.toThrow(/always "it waits": returned a promise/)
  })

  test('gives the globals back', async () => {
    const { setTimeout: before, Date: date } = globalThis
    await expect(run({ play: slip })).rejects.toThrow('a slip')
    expect([globalThis.setTimeout, globalThis.Date]).toEqual([before, date])
  })
})

describe('all', () => {
  test('starts each task at once, in order, with its item or number, and gives their values', async () => {
    const seen: unknown[] = []
    await run({
      play: async ({ all, world }) => {
        const took = await all(['a', 'b'], async (item, index) => {
          seen.push([item, index, world.elapsedMs()])
          await wait(index === 0 ? 20 : 10)
          return `${item} done`
        })
        seen.push(took, await all(3, (number) => number * 2), await all(0, () => 'never'), world.elapsedMs())
      },
    })
    expect(seen).toEqual([['a', 0, 0], ['b', 1, 0], ['a done', 'b done'], [2, 4, 6], [], 20])
  })

  test('waits for the others when one fails, and then throws the first error', async () => {
    let ended = 0
    const result = run({
      play: ({ all }) =>
        all(3, async (number) => {
          await wait(number * 10)
          if (number < 3) throw new RangeError(`number ${number}`)
          ended++
        }),
    })
    await expect(result).rejects.toMatchObject({ cause: { message: 'number 1' } })
    expect(ended).toBe(1)
  })
})

describe('receivers', () => {
  test('are made for each run when the first delivery comes, with the subject at hand', async () => {
    const makes: string[] = []
    const over: Options<string[], undefined> = {
      subject: () => [],
      receivers: {
        'https://app.example': ({ subject, shop }) => {
          makes.push(`made with ${shop.state.orders.size}`)
          return async (request) => {
            subject.push(((await request.json()) as { payload: { item: string } }).payload.item)
            return new Response()
          }
        },
      },
      arrange: ({ shop }) => {
        shop.state.hooks.set('hook-1', { id: 'hook-1', url: 'https://app.example/hooks', failures: 0 })
      },
      play: async ({ intent }) => {
        await intent('order a lamp', () => order('lamp'))
        await intent('order a desk', () => order('desk'))
      },
      eventually: { 'the subject heard of both': ({ subject }) => subject.join() === 'lamp,desk' },
    }
    expect((await run(over)).violations).toEqual([])
    const lost: PlannedFault = { fault: 'lost', on: { provider: 'shop', topic: 'order.created', nth: 1 } }
    expect(broken(await run(over, [lost]))).toEqual([['eventually', 'the subject heard of both']])
    // The second run has a faultless one before it, to be judged against.
    expect(makes).toEqual(['made with 1', 'made with 1', 'made with 2'])
  })
})
