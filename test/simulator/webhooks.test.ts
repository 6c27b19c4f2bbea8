import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/http/exchange.ts'
import { textOf, textReply } from '../../src/http/messages.ts'
import { acmeShop } from '../fixtures/acme-shop.ts'
import { hostStartAt, type ManualHostOptions, openOn } from '../fixtures/manual-host.ts'
import { ask, bodyOf } from './asking.ts'

const taken: Outcome = { kind: 'replied', reply: textReply(200, '') }
const refused: Outcome = { kind: 'replied', reply: textReply(500, '') }
const url = 'https://app.example/hooks'

/** A shop with one hook, and one order just made. */
async function withOrder(answer?: ManualHostOptions['answer']) {
  const { instance, host } = openOn(acmeShop(), answer ? { answer } : {})
  const hook = bodyOf(await ask(instance, 'POST /v1/hooks', { body: { url } })) as { readonly id: string }
  await ask(instance, 'POST /v1/orders', { body: { item: 'lamp' } })
  const times = (): readonly number[] => host.sent.map(({ atMs }) => atMs)
  return { instance, host, hook, times }
}

describe('an event', () => {
  test('goes to each subscription, as the provider puts it, once it has happened', async () => {
    const { instance, host } = await withOrder()
    expect(host.sent).toEqual([])
    await host.advance(1)
    expect(host.sent).toHaveLength(1)
    const [sent] = host.sent
    expect(sent).toMatchObject({ topic: 'order.created', attempt: 1, atMs: 0 })
    expect(`${sent?.call.origin}${sent?.call.path}`).toBe(url)
    expect(JSON.parse(textOf(sent?.call.body ?? new Uint8Array()))).toMatchObject({
      payload: { item: 'lamp' },
      at: hostStartAt,
    })
    await ask(instance, 'POST /v1/hooks', { body: { url: 'https://other.example/hooks' } })
    await ask(instance, 'POST /v1/orders', { body: { item: 'desk' } })
    await host.advance(1)
    expect(host.sent.slice(1).map(({ call }) => call.origin)).toEqual(['https://app.example', 'https://other.example'])
  })

  test('goes to nobody when nobody subscribed before it, or the call that caused it failed', async () => {
    const { instance, host } = openOn(acmeShop())
    await ask(instance, 'POST /v1/orders', { body: { item: 'lamp' } })
    await ask(instance, 'POST /v1/hooks', { body: { url } })
    await ask(instance, 'POST /v1/orders', { body: { item: 'moon' } })
    await host.advance(1_000)
    expect(host.sent).toEqual([])
  })

  test('is not sent again once it was taken', async () => {
    const { host, times } = await withOrder(() => taken)
    await host.advance(1)
    expect(host.waiting).toBe(0)
    await host.advance(600_000)
    expect(times()).toEqual([0])
  })
})

describe('a delivery that is refused', () => {
  test('is tried again after each of the provider’s waits, and then no more', async () => {
    const { host, times, instance, hook } = await withOrder(() => refused)
    await host.advance(29_999)
    expect(times()).toEqual([0])
    expect(instance.state.hooks.get(hook.id)?.failures).toBe(1)
    await host.advance(600_000)
    expect(times()).toEqual([0, 30_000, 90_000])
    expect(host.sent.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(host.sent.map(({ call }) => call.headers['x-attempt'])).toEqual(['1', '2', '3'])
  })

  test('disables the hook at a provider that does so, and only after the last try', async () => {
    const { host, instance, hook } = await withOrder(() => refused)
    await host.advance(89_999)
    expect(instance.state.hooks.has(hook.id)).toBe(true)
    await host.advance(2)
    expect(instance.state.hooks.has(hook.id)).toBe(false)
  })

  test('is not tried again once it was taken', async () => {
    let count = 0
    const { host, times } = await withOrder(() => (++count === 1 ? refused : taken))
    await host.advance(600_000)
    expect(times()).toEqual([0, 30_000])
  })

  test('is not tried again when the subscription has gone meanwhile', async () => {
    const { host, times, instance, hook } = await withOrder(() => refused)
    await host.advance(1)
    instance.state.hooks.delete(hook.id)
    await host.advance(600_000)
    expect(times()).toEqual([0])
  })

  test.each([{ kind: 'unresolved' }, { kind: 'refused' }, { kind: 'reset' }] satisfies Outcome[])(
    'because of $kind counts as any other',
    async (outcome) => {
      const { host, times } = await withOrder(() => outcome)
      await host.advance(600_000)
      expect(times()).toEqual([0, 30_000, 90_000])
    },
  )
})

describe('a delivery that is not answered', () => {
  test('is given up after the provider’s patience, and the wait begins then', async () => {
    const { host, times } = await withOrder(() => new Promise<Outcome>(() => {}))
    await host.advance(39_999)
    expect(times()).toEqual([0])
    await host.advance(600_000)
    expect(times()).toEqual([0, 40_000, 110_000])
  })

  test('is answered too late when the answer comes after that', async () => {
    let answer: (outcome: Outcome) => void = () => {}
    const late = new Promise<Outcome>((resolve) => {
      answer = resolve
    })
    let count = 0
    const { host, times, instance, hook } = await withOrder(() => (++count === 1 ? late : taken))
    await host.advance(10_000)
    answer(taken)
    await host.advance(600_000)
    expect(times()).toEqual([0, 40_000])
    expect(instance.state.hooks.get(hook.id)?.failures).toBe(1)
  })
})

test('a reset forgets the subscriptions, so nothing that was under way is sent', async () => {
  const { instance, host } = await withOrder()
  instance.reset()
  await host.advance(600_000)
  expect(host.sent).toEqual([])
})
