import { describe, expect, expectTypeOf, test } from 'vitest'
import { badRequest, duplicated, latency, rateLimited, replyLost, serverError } from '../../src/faults/faults.ts'
import { createWorld } from '../../src/world/world.ts'
import { newsroom, reader } from '../doors/newsroom.ts'
import { parrot } from '../doors/parrot.ts'
import { acmePromotions } from '../fixtures/acme-promotions.ts'

const made = () => createWorld({ simulators: { parrot: parrot(), acme: acmePromotions(), newsroom: newsroom() } })
const say = async (): Promise<number> => (await fetch('https://parrot.example/words')).status

describe('a fault injected by hand', () => {
  test('strikes every call until it is taken back', () => {
    const world = made()
    return world.run(async () => {
      const injection = world.inject('parrot', 'say', serverError())
      expect([await say(), await say()]).toEqual([503, 503])
      injection.remove()
      expect(await say()).toBe(200)
      expect(injection.strikes).toBe(2)
    })
  })

  test('strikes so many times as it is told, from the next call on', () => {
    const world = made()
    return world.run(async () => {
      expect(await say()).toBe(200)
      world.inject('parrot', 'say', rateLimited({ times: 2 }))
      expect([await say(), await say(), await say()]).toEqual([429, 429, 200])
    })
  })

  test('is taken back alone: others stay', () => {
    const world = made()
    return world.run(async () => {
      const first = world.inject('parrot', 'say', badRequest())
      world.inject('parrot', 'say', serverError())
      expect(await say()).toBe(400)
      first.remove()
      first.remove()
      expect(await say()).toBe(503)
    })
  })

  test('is taken back with all others, those of the plan included', () => {
    const world = createWorld({
      simulators: { parrot: parrot() },
      plan: { faults: [{ fault: 'server-error', status: 500, when: 'before', on: { provider: 'parrot' } }] },
    })
    return world.run(async () => {
      world.inject('parrot', 'say', latency())
      expect(await say()).toBe(500)
      world.clearFaults()
      expect(await say()).toBe(200)
      expect(world.elapsedMs()).toBeLessThan(10_500)
    })
  })

  test('strikes no other operation, and no other provider', () => {
    const world = made()
    return world.run(async () => {
      world.inject('parrot', 'say', serverError())
      expect((await fetch('https://parrot.example/words', { method: 'POST' })).status).toBe(201)
      expect((await fetch('https://api.acme.example/v1/codes/A/redemptions')).status).toBe(404)
    })
  })

  test('leaves the effect of a reply that was lost', () => {
    const world = made()
    return world.run(async () => {
      world.inject('parrot', 'learn', replyLost({ times: 1 }))
      await expect(fetch('https://parrot.example/words', { method: 'POST' })).rejects.toThrow('fetch failed')
      expect(world.parrot.state.words).toEqual(['hello', 'word 1'])
    })
  })

  test('that never struck is reported with the place it was meant for', () => {
    const world = made()
    return world.run(async () => {
      world.inject('parrot', 'learn', replyLost({ times: 1 }))
      world.inject('newsroom', { topic: 'news.published' }, duplicated())
      world.inject('parrot', 'say', badRequest())
      await say()
      expect(world.unusedFaults()).toMatchObject([
        { fault: { fault: 'reply-lost' }, on: 'any call of learn of parrot, 1 at most' },
        { fault: { fault: 'duplicated' }, on: 'any delivery of news.published of newsroom' },
      ])
    })
  })

  test('of an unknown operation, provider or fault is refused with the nearest valid name', () => {
    const world = made()
    expect(() => world.inject('parrot', 'sya' as 'say', badRequest())).toThrow('Did you mean "say"?')
    expect(() => world.inject('parot' as 'parrot', 'say', badRequest())).toThrow('Did you mean "parrot"?')
    const misnamed = { fault: 'rate-limitd' } as unknown as ReturnType<typeof rateLimited>
    expect(() => world.inject('parrot', 'say', misnamed)).toThrow('Did you mean "rate-limited"?')
  })

  test('that the provider never shows is refused with those it does', () => {
    const refused = (): unknown => made().inject('acme', 'redeemCode', serverError())
    expect(refused).toThrow('acme never shows "server-error"; it shows connection-refused, reply-lost')
  })

  test('with settings out of range is refused, and says what was given', () => {
    const refused = (): unknown => made().inject('parrot', 'say', latency({ ms: -1 }))
    expect(refused).toThrow(/faults\[0\]\.ms: got -1/)
  })

  test('takes names that are types: another does not compile', () => {
    const world = made()
    expectTypeOf(world.inject<'acme'>)
      .parameter(1)
      .toExtend<'redeemCode' | { readonly topic: string }>()
    // @ts-expect-error  No such operation.
    expect(() => world.inject('acme', 'redeemCodes', replyLost())).toThrow()
    // @ts-expect-error  No such provider.
    expect(() => world.inject('acmee', 'redeemCode', replyLost())).toThrow()
    // @ts-expect-error  A fault on deliveries needs a topic.
    expect(() => world.inject('newsroom', 'publish', duplicated())).toThrow()
    expectTypeOf(world.acme.state.codes).toEqualTypeOf<Map<string, { readonly redemptionsMax: number }>>()
  })
})

describe('settle', () => {
  test('lets time pass until no call, delivery or timer is on its way', async () => {
    const heard: string[] = []
    const world = createWorld({
      simulators: { newsroom: newsroom() },
      receivers: {
        [reader]: (request) => {
          heard.push(request.method)
          return new Response(null, { status: request.method === 'HEAD' || heard.length > 2 ? 200 : 500 })
        },
      },
    })
    await world.run(async () => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ url: reader })
      await fetch('https://newsroom.example/readers', { method: 'POST', headers, body })
      void fetch('https://newsroom.example/news', { method: 'POST' })
      await world.settle()
      expect(heard).toEqual(['HEAD', 'POST', 'POST'])
    })
  })

  test('is refused outside of a run', () =>
    made().run(async () => {
      const world = made()
      expect(() => world.settle()).toThrow(expect.objectContaining({ code: 'not_running' }))
    }))

  test('does not wait for intervals', () => {
    const world = made()
    return world.run(async () => {
      setInterval(() => undefined, 1_000)
      await world.settle()
      expect(world.elapsedMs()).toBe(0)
    })
  })

  test('gives up on a chain of timers at its bound', () => {
    const world = made()
    return world.run(async () => {
      const poll = (): unknown => setTimeout(poll, 700)
      poll()
      await world.settle(10_000)
      expect(world.elapsedMs()).toBe(9_800)
    })
  })
})

describe('onEvent', () => {
  test('is told after every event, until it is stopped', () => {
    const world = made()
    return world.run(async () => {
      const moments: number[] = []
      const stop = world.onEvent(() => moments.push(world.elapsedMs()))
      await new Promise((resolve) => setTimeout(resolve, 100))
      await new Promise((resolve) => setTimeout(resolve, 100))
      await new Promise((resolve) => setTimeout(resolve, 100))
      // What the third one set off is this line: it has not come to rest.
      stop()
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect([...new Set(moments)]).toEqual([100, 200])
    })
  })

  test('fails the run with what a listener throws', async () => {
    const world = made()
    world.onEvent(() => {
      throw new RangeError('broken')
    })
    await expect(world.run(say)).rejects.toThrow('broken')
    expect(await made().run(say)).toBe(200)
  })
})

describe('an intent', () => {
  test('gives the value, or the error, and never throws what the subject threw', () => {
    const world = made()
    return world.run(async () => {
      expect(await world.intent('works', () => 1)).toEqual({ ok: true, value: 1 })
      const error = new RangeError('mine')
      expect(await world.intent('fails', () => Promise.reject(error))).toEqual({ ok: false, error })
    })
  })

  test('is told of with its moments and its end, and its calls carry its name', () => {
    const world = made()
    return world.run(async () => {
      const nested = world.intent('say twice', async () => {
        await Promise.all([say(), new Promise((resolve) => setTimeout(resolve, 5)).then(say)])
      })
      const other = world.intent('say once', say)
      await Promise.all([nested, other, say()])
      expect(world.journal.exchanges().map(({ intent }) => intent)).toEqual([
        'say twice',
        'say once',
        undefined,
        'say twice',
      ])
      expect(world.intents).toMatchObject([
        { name: 'say twice', status: 'succeeded', startedAt: world.now() - world.elapsedMs() },
        { name: 'say once', status: 'succeeded' },
      ])
      expect(world.intents[0]?.endedAt).toBeGreaterThan(world.intents[1]?.endedAt ?? Number.NaN)
    })
  })
})
