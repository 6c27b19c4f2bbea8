import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Client, RateWindow } from '../../src/core/index.ts'
import { connectionTimeout, hang, latency, rateLimited, serverError, slowBody } from '../../src/faults/faults.ts'
import { useWorld } from '../../src/scenario/vitest.ts'
import { acme, acmeClient, answer, create, createKnowingly, first, list, read, rename } from './acme.ts'
import { failureOf } from './failures.ts'

const world = useWorld({ simulators: { acme: acme() }, latency: { minMs: 10, maxMs: 10 } })
const body = { body: { name: 'second' } }
const now = (): number => world.elapsedMs()
const sent = (): readonly number[] => world.journal.exchanges().map(({ sentAt }) => sentAt - startedAt())
const startedAt = (): number => world.now() - world.elapsedMs()
const later = (waitMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, waitMs))

/** One call for each of them at a time, so that there is a line. */
const oneASecond: RateWindow = { name: 'all', callsMax: 1, intervalMs: 1_000 }

describe('a deadline', () => {
  test.for([
    ['headers that come late', latency({ ms: 45_000 })],
    ['a body that drips', slowBody({ chunks: 10, intervalMs: 1_000 })],
    ['a provider that hangs before the effect', hang({ when: 'before' })],
    ['a provider that hangs after it', hang({ when: 'after' })],
  ] as const)('of one attempt ends %s', ([, fault]) =>
    world.run(async () => {
      world.inject('acme', 'create', fault)
      const error = await failureOf(acmeClient({ attemptMsMax: 3_000 }).call(create, body))
      expect([error.code, error.attempts, now()]).toEqual(['reply_late', 1, 3_000])
    }),
  )

  test('of a connection ends one that does not come about, long before that of the attempt', () =>
    world.run(async () => {
      world.inject('acme', 'read', connectionTimeout())
      const error = await failureOf(acmeClient({ connectMsMax: 2_000, callsMax: 1 }).call(read, first))
      expect(error.code).toBe('unreachable')
      // Undici looks at its clock about twice a second.
      expect(now()).toBeGreaterThanOrEqual(2_000)
      expect(now()).toBeLessThan(4_000)
    }))

  test('of everything ends an attempt that would have longer', () =>
    world.run(async () => {
      world.inject('acme', 'read', hang())
      const error = await failureOf(
        acmeClient({ attemptMsMax: 10_000, totalMsMax: 15_000, waitMsFirst: 0 }).call(read, first),
      )
      expect([error.code, error.attempts, now()]).toEqual(['reply_late', 2, 15_000])
    }))

  test('of everything ends waiting for a turn, and says what came before', () =>
    world.run(async () => {
      const client = acmeClient({ totalMsMax: 1_500 }, { windows: [{ ...oneASecond, intervalMs: 5_000 }] })
      world.inject('acme', 'read', serverError({ times: 1 }))
      const error = await failureOf(client.call(read, first))
      expect(error).toMatchObject({ code: 'deadline_passed', retriable: true, attempts: 1, applied: 'no', status: 503 })
      expect(error.cause).toMatchObject({ code: 'provider_failed', attempts: 1 })
      expect(now()).toBe(1_500)
    }))

  test('is shared by all calls of an intent', () =>
    world.run(async () => {
      const client = acmeClient({ totalMsMax: 12_000, callsMax: 1 })
      world.inject('acme', 'read', hang())
      const codes = await client.intent(async (deadline) => [
        (await failureOf(client.call(read, first, { deadline }))).code,
        (await failureOf(client.call(read, first, { deadline }))).code,
        (await failureOf(client.call(read, first, { deadline }))).code,
      ])
      expect([codes, now()]).toEqual([['reply_late', 'reply_late', 'deadline_passed'], 12_000])
    }))
})

describe('a caller who gives up is let go at once', () => {
  const reason = new Error('the user went away')

  /** Aborts after 500 ms; checks that what was under way ends there and then. */
  async function givesUp(
    begin: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<Awaited<ReturnType<typeof failureOf>>> {
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 500)
    const before = now()
    const error = await failureOf(begin(controller.signal))
    expect([error.code, now() - before]).toEqual(['aborted', 500])
    return error
  }

  test('in a call', () =>
    world.run(async () => {
      world.inject('acme', 'create', hang())
      const error = await givesUp((signal) => acmeClient().call(create, body, { signal }))
      expect(error).toMatchObject({ applied: 'unknown', attempts: 1, cause: reason })
    }))

  test('while a body drips', () =>
    world.run(async () => {
      world.inject('acme', 'create', slowBody())
      expect(await givesUp((signal) => acmeClient().call(create, body, { signal }))).toMatchObject({ applied: 'yes' })
    }))

  test('between two calls', () =>
    world.run(async () => {
      world.inject('acme', 'create', rateLimited({ retryAfterS: 20 }))
      const error = await givesUp((signal) => acmeClient().call(create, body, { signal }))
      expect(error).toMatchObject({ applied: 'no', attempts: 1, status: 429, cause: { code: 'rate_limited' } })
    }))

  test('while the provider is asked what became of it', () =>
    world.run(async () => {
      world.acme.state.script.push(answer(502))
      world.inject('acme', 'list', hang())
      const client = acmeClient({ waitMsFirst: 0 })
      const error = await givesUp((signal) => client.call(createKnowingly, body, { signal }))
      expect(error).toMatchObject({ applied: 'unknown', attempts: 1, cause: { code: 'provider_failed' } })
    }))

  test('in the line for a place in the pool', () =>
    world.run(async () => {
      world.inject('acme', 'read', hang())
      const client = acmeClient({ inFlightMax: 1, callsMax: 1 })
      const before = failureOf(client.call(read, first))
      expect(await givesUp((signal) => client.call(list, {}, { signal }))).toMatchObject({ applied: 'no', attempts: 0 })
      const next = client.call(list, {})
      await before
      expect((await next).attempts).toBe(1)
      expect(world.journal.exchanges()).toHaveLength(2)
    }))

  test('in the line for a window', () =>
    world.run(async () => {
      const client = acmeClient({}, { windows: [{ ...oneASecond, intervalMs: 20_000 }] })
      await client.call(list, {})
      const error = await givesUp((signal) => client.call(list, {}, { signal }))
      expect(error).toMatchObject({ applied: 'no', attempts: 0, cause: reason })
    }))

  test('in shared work, which goes on for the others', () =>
    world.run(async () => {
      const client = acmeClient()
      const work = { what: 'Listing', effect: 'none', run: () => later(2_000).then(() => 'done') } as const
      const other = client.intent((deadline) => client.share(work, deadline))
      const share = (signal: AbortSignal): Promise<unknown> =>
        client.intent((deadline) => client.share(work, deadline), signal)
      expect(await givesUp(share)).toMatchObject({ applied: 'no', cause: reason })
      expect(await other).toBe('done')
    }))

  test('before it starts: nothing is sent, and no shared work begins', () =>
    world.run(async () => {
      const signal = AbortSignal.abort(reason)
      const client = acmeClient()
      let began = 0
      const work = { what: 'Adding', effect: 'unsafe', run: async () => void began++ } as const
      const sharing = client.intent((deadline) => client.share(work, deadline), signal)
      expect(await failureOf(sharing)).toMatchObject({ code: 'aborted', applied: 'no' })
      expect(await failureOf(client.call(list, {}, { signal }))).toMatchObject({ code: 'aborted', attempts: 0 })
      expect([began, world.journal.exchanges().length]).toEqual([0, 0])
    }))

  test('whichever of two signals it is', () =>
    world.run(async () => {
      world.inject('acme', 'create', hang())
      const client = acmeClient()
      const own = (signal: AbortSignal): Promise<unknown> =>
        client.intent((deadline) => client.call(create, body, { deadline, signal }), new AbortController().signal)
      await givesUp(own)
      const ofIntent = (signal: AbortSignal): Promise<unknown> =>
        client.intent(
          (deadline) => client.call(create, body, { deadline, signal: new AbortController().signal }),
          signal,
        )
      await givesUp(ofIntent)
    }))
})

describe('Retry-After', () => {
  const forms: readonly (readonly [name: string, value: string])[] = [
    ['seconds', '7'],
    ['fractions of a second', '6.5'],
    ['a date', 'Mon, 05 Jan 2026 09:00:07 GMT'],
    ['a date as it was written before 1995', 'Monday, 05-Jan-26 09:00:07 GMT'],
    ['a date as C writes it', 'Mon Jan  5 09:00:07 2026'],
  ]

  test.for(forms)('in the form of %s is obeyed by every call of the client, in any time zone', ([, value]) =>
    world.run(async () => {
      vi.stubEnv('TZ', 'America/New_York')
      onTestFinished(() => void vi.unstubAllEnvs())
      world.acme.state.script.push(answer(503, '', { 'retry-after': value }))
      const client = acmeClient()
      const refused = client.call(read, first)
      await later(100)
      await Promise.all([refused, client.call(list, {}), client.call(list, {})])
      const [told = 0, ...after] = sent()
      expect([told, after.length]).toEqual([0, 3])
      const until = value === '7' ? 7_020 : value === '6.5' ? 6_520 : 7_000
      for (const at of after) expect(at).toBeGreaterThanOrEqual(until)
      expect(Math.min(...after)).toBe(until)
    }),
  )

  test('of a date is measured by the clock of the provider, not by ours', () =>
    world.run(async () => {
      const headers = { date: 'Tue, 01 Jan 2030 00:00:00 GMT', 'retry-after': 'Tue, 01 Jan 2030 00:00:04 GMT' }
      world.acme.state.script.push(answer(429, '', headers))
      await acmeClient().call(read, first)
      expect(sent()[1]).toBeGreaterThanOrEqual(4_020)
      expect(sent()[1]).toBeLessThanOrEqual(4_120)
    }))

  test.for(['0', 'Mon, 05 Jan 2026 08:00:00 GMT', 'soon', '-5', '', '2026-01-05'])('of %o holds up nobody', (value) =>
    world.run(async () => {
      world.acme.state.script.push(answer(429, '', { 'retry-after': value }))
      await acmeClient().call(read, first)
      expect(sent()[1]).toBeLessThanOrEqual(120)
    }),
  )

  test('that asks for more than waitMsMax ends the call, and says how long', () =>
    world.run(async () => {
      world.acme.state.script.push(answer(429, '', { 'retry-after': '31' }))
      const client = acmeClient({ waitMsMax: 30_000 })
      expect(await failureOf(client.call(read, first))).toMatchObject({
        ...{ code: 'rate_limited', retriable: true, attempts: 1, retryAfterMs: 31_000, status: 429 },
      })
      expect(now()).toBe(20)
    }))

  test('that asks for more time than other calls have refuses these at once', () =>
    world.run(async () => {
      world.acme.state.script.push(answer(429, '', { 'retry-after': '3600' }))
      const client = acmeClient({ inFlightMax: 1, pauseMsMax: 900_000 })
      const waiting = [client.call(read, first), client.call(list, {})].map(failureOf)
      expect((await Promise.all(waiting)).map(({ code, attempts }) => [code, attempts])).toEqual([
        ['rate_limited', 1],
        ['rate_limited', 0],
      ])
      const error = await failureOf(client.call(list, {}))
      expect(error).toMatchObject({ code: 'rate_limited', attempts: 0, applied: 'no', retryAfterMs: 900_000 })
      expect(now()).toBe(20)
      await later(900_000)
      expect((await client.call(list, {})).attempts).toBe(1)
    }))

  test('is not waited for by calls that need another window', () =>
    world.run(async () => {
      const windows = [
        oneASecond,
        { name: 'read', callsMax: 9, intervalMs: 9, concerns: (name: string) => name === 'read' },
      ]
      const classify: NonNullable<Parameters<typeof acmeClient>[1]>['classify'] = ({ status }) =>
        status === 429 ? { code: 'rate_limited', window: 'read' } : undefined
      world.acme.state.script.push(answer(429, '', { 'retry-after': '9' }))
      const client = acmeClient({}, { windows: windows.slice(1), classify })
      const refused = client.call(read, first)
      await later(100)
      await client.call(list, {})
      expect(now()).toBe(120)
      await refused
      expect(sent()[2]).toBeGreaterThanOrEqual(9_020)
    }))

  test('may be the provider’s own way of saying so, in a 200', () =>
    world.run(async () => {
      world.acme.state.script.push(answer(200, { errors: ['THROTTLED'] }))
      const classify: NonNullable<Parameters<typeof acmeClient>[1]>['classify'] = ({ text }) =>
        text.includes('THROTTLED') ? { code: 'rate_limited', why: 'throttled', waitMs: 3_000 } : undefined
      const client = acmeClient({}, { classify })
      const refused = client.call(rename, { ...first, ...body })
      await later(100)
      await client.call(list, {})
      expect((await refused).attempts).toBe(2)
      expect(sent()[1]).toBe(3_020)
    }))
})

describe('a client', () => {
  test('has no more calls under way than inFlightMax, lets queueMax wait in order, and refuses the rest', () =>
    world.run(async () => {
      const client = acmeClient({ inFlightMax: 3, queueMax: 4 })
      const order: number[] = []
      const calls = Array.from({ length: 10 }, (_, at) => client.call(list, {}).then(() => order.push(at)))
      const settled = await Promise.allSettled(calls)
      const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
      expect(refused).toHaveLength(3)
      for (const error of refused) expect(error).toMatchObject({ code: 'overloaded', applied: 'no', retriable: true })
      expect(order).toEqual([0, 1, 2, 3, 4, 5, 6])
      expect(sent()).toEqual([0, 0, 0, 20, 20, 20, 40])
      expect((await client.call(list, {})).attempts).toBe(1)
    }))

  test('refuses a call that is dearer than a window ever allows', () =>
    world.run(async () => {
      const client = acmeClient({}, { windows: [oneASecond] })
      const error = await failureOf(client.call({ ...list, cost: 2 }, {}))
      expect(error).toMatchObject({ code: 'input_invalid', attempts: 0 })
      expect(error.message).toContain('it costs 2, and the window "all" never has room for more than 1')
    }))

  test('keeps other windows than the provider documents where it is told to', () =>
    world.run(async () => {
      const client = acmeClient({ windows: [{ ...oneASecond, intervalMs: 5_000 }] }, { windows: [oneASecond] })
      await Promise.all([client.call(list, {}), client.call(list, {})])
      expect(sent()).toEqual([0, 5_020])
    }))

  test('does once what several ask for at the same time, and anew what is asked for later', () =>
    world.run(async () => {
      const client: Client = acmeClient()
      const run = async (): Promise<number> => (await client.call(list, {})).value.length
      const share = (): Promise<number> =>
        client.intent((deadline) => client.share({ what: 'Listing', effect: 'none', run }, deadline))
      expect(await Promise.all([share(), share(), share()])).toEqual([1, 1, 1])
      expect(sent()).toHaveLength(1)
      await share()
      expect(sent()).toHaveLength(2)
    }))

  test('fails nobody by what was refused to another, and by an outage only after a second try', () =>
    world.run(async () => {
      const client: Client = acmeClient({ callsMax: 1 })
      const work = { what: 'Reading', effect: 'none', run: () => client.call(read, first) } as const
      const share = (): Promise<unknown> => client.intent((deadline) => client.share(work, deadline))
      const threeAfter = async (
        ...statuses: readonly number[]
      ): Promise<readonly [settled: string[], calls: number]> => {
        world.acme.state.script.push(...statuses.map((status) => answer(status)))
        const before = sent().length
        const settled = await Promise.allSettled([share(), share(), share()])
        return [settled.map(({ status }) => status), sent().length - before]
      }
      const [done, failed] = ['fulfilled', 'rejected']
      expect(await threeAfter(403)).toEqual([[failed, done, done], 2])
      expect(await threeAfter(403, 403)).toEqual([[failed, failed, done], 3])
      expect(await threeAfter(503)).toEqual([[failed, done, done], 2])
      expect(await threeAfter(503, 503)).toEqual([[failed, failed, failed], 2])
    }))
})

describe('closing', () => {
  test('lets calls and intents under way end, even those that wait, and refuses what is new', () =>
    world.run(async () => {
      const client = acmeClient({ inFlightMax: 1 })
      const shared = { what: 'Listing', effect: 'none', run: () => client.call(list, {}) } as const
      const intent = client.intent(async (deadline) => {
        const { value } = await client.call(create, body, { deadline })
        await client.share({ ...shared, run: (own) => client.call(list, {}, { deadline: own }) }, deadline)
        return (await client.call(read, { params: { id: value.id } }, { deadline })).value.name
      })
      const waiting = client.call(list, {})
      const closing = client.close()
      const refusals = [
        client.call(list, {}),
        client.intent(async () => 'never'),
        client.intent((deadline) => client.share(shared, deadline)),
      ]
      for (const refused of refusals) {
        expect(await failureOf(refused)).toMatchObject({ code: 'closed', applied: 'no', retriable: false })
      }
      expect(await intent).toBe('second')
      expect((await waiting).attempts).toBe(1)
      await closing
      expect(sent()).toHaveLength(4)
      await expect(client.close()).resolves.toBeUndefined()
    }))

  test('waits for an intent that is between two calls', () =>
    world.run(async () => {
      const client = acmeClient()
      const intent = client.intent(async (deadline) => {
        await later(500)
        return (await client.call(list, {}, { deadline })).attempts
      })
      await client.close()
      expect([await intent, now()]).toEqual([1, 520])
    }))

  test('ends although a call hangs: every call has a deadline', () =>
    world.run(async () => {
      world.inject('acme', 'create', hang())
      const client = acmeClient({ totalMsMax: 8_000 })
      const call = failureOf(client.call(create, body))
      await client.close()
      expect((await call).code).toBe('reply_late')
      expect(now()).toBe(8_000)
    }))
})
