import { describe, expect, test } from 'vitest'
import type { Client, ClientSettings, Reconcile } from '../../src/core/index.ts'
import {
  connectionReset,
  hang,
  latency,
  malformedBody,
  notFound,
  rateLimited,
  replyLost,
  schemaDrift,
  serverError,
  truncatedBody,
} from '../../src/faults/faults.ts'
import { useWorld } from '../../src/scenario/vitest.ts'
import { acme, acmeClient, answer, create, createKnowingly, first, read, rename, type Thing } from './acme.ts'
import { failureOf } from './failures.ts'

const world = useWorld({ simulators: { acme: acme() } })
const body = { body: { name: 'second' } }
const calls = (operation: string): number =>
  world.journal.exchanges().filter((exchange) => exchange.operation === operation).length
const made = (): number => [...world.acme.state.things.values()].filter(({ name }) => name === 'second').length

const ambiguous = [
  connectionReset({ times: 1 }),
  replyLost({ times: 1 }),
  hang({ when: 'before', times: 1 }),
  hang({ when: 'after', times: 1 }),
  latency({ ms: 45_000, times: 1 }),
  serverError({ status: 500, when: 'before', times: 1 }),
  serverError({ status: 504, when: 'after', times: 1 }),
  truncatedBody({ times: 1 }),
  malformedBody({ times: 1 }),
  schemaDrift({ times: 1 }),
] as const

describe('after an end that is not clear', () => {
  test.for(ambiguous)('an unsafe call is not repeated: %o', (fault) =>
    world.run(async () => {
      world.inject('acme', 'create', fault)
      expect((await failureOf(acmeClient().call(create, body))).applied).not.toBe('no')
      expect(calls('create')).toBe(1)
    }),
  )

  test.for(ambiguous)('an unsafe call that can ask happens exactly once: %o', (fault) =>
    world.run(async () => {
      world.inject('acme', 'create', fault)
      const { value } = await acmeClient().call(createKnowingly, body)
      expect(world.acme.state.things.get(value.id)).toEqual(value)
      expect(made()).toBe(1)
    }),
  )

  test.for(ambiguous)('an idempotent call is repeated: %o', (fault) =>
    world.run(async () => {
      world.inject('acme', 'rename', fault)
      const { value, attempts, reconciled } = await acmeClient().call(rename, { ...first, ...body })
      expect([value.name, attempts, reconciled]).toEqual(['second', 2, false])
    }),
  )
})

describe('what certainly did not happen is repeated, however unsafe', () => {
  test('as long as callsMax allows', () =>
    world.run(async () => {
      world.inject('acme', 'create', rateLimited({ times: 2 }))
      expect(await acmeClient({ callsMax: 3 }).call(create, body)).toMatchObject({ attempts: 3, reconciled: false })
      world.inject('acme', 'create', rateLimited({ times: 2 }))
      expect(await failureOf(acmeClient({ callsMax: 2 }).call(create, body))).toMatchObject({
        ...{ code: 'rate_limited', attempts: 2, applied: 'no', status: 429 },
      })
      expect(made()).toBe(1)
    }))

  test('but a refusal is final', () =>
    world.run(async () => {
      world.inject('acme', 'create', notFound({ times: 1 }))
      expect(await failureOf(acmeClient().call(create, body))).toMatchObject({ code: 'not_found', attempts: 1 })
    }))
})

describe('asking whether the effect is there', () => {
  const ask = async (reconcile: Reconcile<typeof body, Thing>, client: Client = acmeClient()): Promise<unknown> => {
    world.inject('acme', 'create', connectionReset({ times: 1 }))
    return client.call(create, body, { reconcile })
  }
  const there: Thing = { id: 't9', name: 'second', version: 1 }

  test('yes: gives what was found, and says that it was', () =>
    world.run(async () => {
      const found = await ask(async () => ({ applied: 'yes', value: there }))
      expect(found).toEqual({ value: there, attempts: 1, reconciled: true })
      expect(calls('create')).toBe(1)
    }))

  test('no: calls once more', () =>
    world.run(async () => {
      expect(await ask(async () => ({ applied: 'no' }))).toMatchObject({ attempts: 2, reconciled: false })
    }))

  test('unknown: fails as the call did, and does not repeat it', () =>
    world.run(async () => {
      const error = await failureOf(ask(async () => ({ applied: 'unknown' })))
      expect(error).toMatchObject({ code: 'reply_lost', applied: 'unknown', attempts: 1 })
    }))

  test('and throwing: counts as unknown, and keeps what was thrown', () =>
    world.run(async () => {
      const thrown = new TypeError('a mistake in reconcile')
      world.acme.state.script.push(answer(502))
      const error = await failureOf(acmeClient().call(create, body, { reconcile: () => Promise.reject(thrown) }))
      expect(error).toMatchObject({ code: 'provider_failed', applied: 'unknown', attempts: 1, cause: thrown })
    }))

  test('and failing, because the provider cannot be asked: counts as unknown', () =>
    world.run(async () => {
      world.inject('acme', 'create', replyLost({ times: 1 }))
      world.inject('acme', 'list', serverError())
      const error = await failureOf(acmeClient().call(createKnowingly, body))
      expect(error).toMatchObject({ code: 'reply_lost', applied: 'unknown', attempts: 1 })
      expect(made()).toBe(1)
    }))

  test('asks the call’s own way before the operation’s', () =>
    world.run(async () => {
      world.inject('acme', 'create', replyLost({ times: 1 }))
      const reconcile = async () => ({ applied: 'yes', value: there }) as const
      expect((await acmeClient().call(createKnowingly, body, { reconcile })).value).toEqual(there)
      expect(calls('list')).toBe(0)
    }))

  test('tells after the last call, too, what became of it', () =>
    world.run(async () => {
      world.inject('acme', 'create', replyLost({ times: 1 }))
      expect(await acmeClient({ callsMax: 1 }).call(createKnowingly, body)).toMatchObject({ reconciled: true })
      world.acme.state.things.clear()
      world.inject('acme', 'create', connectionReset({ times: 1 }))
      const error = await failureOf(acmeClient({ callsMax: 1 }).call(createKnowingly, body))
      expect(error).toMatchObject({ code: 'reply_lost', applied: 'no', attempts: 1 })
    }))

  test('is not believed against a 2xx: what was said to be done and is not there stays open', () =>
    world.run(async () => {
      world.inject('acme', 'create', malformedBody({ times: 1 }))
      const reconcile = async () => ({ applied: 'no' }) as const
      const error = await failureOf(acmeClient().call(create, body, { reconcile }))
      expect(error).toMatchObject({ code: 'reply_invalid', applied: 'yes', attempts: 1 })
    }))
})

describe('after several failures', () => {
  test('a refusal does not undo what an earlier call may have done', () =>
    world.run(async () => {
      world.inject('acme', 'rename', replyLost({ times: 1 }))
      world.acme.state.script.push(answer(200, { ...first.params, name: 'second', version: 2 }), answer(404))
      const error = await failureOf(acmeClient().call(rename, { ...first, ...body }))
      expect(error).toMatchObject({ code: 'not_found', applied: 'unknown', attempts: 2, status: 404 })
    }))

  test('what asking has cleared does not count any more', () =>
    world.run(async () => {
      world.inject('acme', 'create', connectionReset({ times: 1 }))
      world.acme.state.script.push(answer(404))
      const error = await failureOf(acmeClient().call(createKnowingly, body))
      expect(error).toMatchObject({ code: 'not_found', applied: 'no', attempts: 2 })
    }))

  test('a call that only reads never has an effect', () =>
    world.run(async () => {
      world.inject('acme', 'read', malformedBody())
      expect(await failureOf(acmeClient().call(read, first))).toMatchObject({ applied: 'no', attempts: 3 })
    }))
})

describe('the wait between two calls', () => {
  /** How long a client really waits before its second, third, … call. */
  async function waitsOf(settings: ClientSettings): Promise<readonly number[]> {
    world.inject('acme', 'read', serverError({ times: 5 }))
    const before = world.journal.exchanges().length
    await failureOf(acmeClient({ callsMax: 5, ...settings }).call(read, first))
    const made = world.journal.exchanges().slice(before)
    return made.slice(1).map(({ sentAt }, at) => sentAt - (made[at]?.endedAt ?? 0))
  }

  test('is drawn evenly from nothing up to a bound, which doubles and is capped', () =>
    world.run(async () => {
      const drawn: number[][] = [[], [], [], []]
      for (let round = 0; round < 100; round++) {
        const waits = await waitsOf({ waitMsFirst: 100, waitMsMax: 300 })
        for (const [at, waitMs] of waits.entries()) drawn[at]?.push(waitMs)
        world.clearFaults()
      }
      for (const [at, boundMs] of [100, 200, 300, 300].entries()) {
        const waits = drawn[at] ?? []
        expect(waits).toHaveLength(100)
        expect(Math.max(...waits)).toBeLessThanOrEqual(boundMs)
        expect(Math.max(...waits)).toBeGreaterThan(boundMs * 0.85)
        expect(Math.min(...waits)).toBeLessThan(boundMs * 0.15)
      }
    }))

  test('is none where none is wanted', () =>
    world.run(async () => {
      expect(Math.max(...(await waitsOf({ waitMsFirst: 0 })))).toBeLessThanOrEqual(1)
    }))
})
