import { describe, expect, test } from 'vitest'
import { callOf, jsonReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import { createWorld } from '../../src/world/world.ts'
import { acmeShop, shopHeaders, shopOrigin, shopToken } from '../fixtures/acme-shop.ts'

const order = (item: string): Promise<Response> =>
  fetch(`${shopOrigin}/v1/orders`, { method: 'POST', headers: shopHeaders, body: JSON.stringify({ item }) })

describe('a handler that throws', () => {
  const broken = defineSimulator({
    name: 'broken',
    version: '1',
    origins: ['https://api.broken.example'],
    state: () => ({}),
    errors: {},
    faults: ['latency'],
    operations: (operation) => ({
      now: operation('GET /now', {}, () => {
        throw new TypeError('a slip of the author')
      }),
      later: operation('GET /later', {}, async () => {
        await Promise.resolve()
        throw new TypeError('a slip of the author')
      }),
      nested: operation('GET /nested', {}, (ctx) => ctx.nested(callOf('https://api.broken.example/now'))),
      fine: operation('GET /fine', {}, () => jsonReply(200, {})),
    }),
  })

  test.each(['now', 'later', 'nested'])(
    'ends the run as a defect of the simulator, not of the subject: %s',
    async (path) => {
      const world = createWorld({ simulators: { broken: broken() } })
      const run = world.run(() => fetch(`https://api.broken.example/${path}`).then(({ status }) => status))
      await expect(run).rejects.toMatchObject({ code: 'simulator_failed', cause: { message: 'a slip of the author' } })
      await expect(run).rejects.toThrow(/a slip of the author/)
      expect(world.unhandled).toEqual([])
    },
  )

  test('does so too when a fault strikes the call', async () => {
    const plan = { faults: [{ fault: 'latency', ms: 5, on: { provider: 'broken' } }] } as const
    const world = createWorld({ simulators: { broken: broken() }, plan })
    await expect(world.run(() => fetch('https://api.broken.example/now'))).rejects.toMatchObject({
      code: 'simulator_failed',
    })
  })
})

describe('a simulator in a world', () => {
  test('tells the journal which operations an unmatched call came nearest to', async () => {
    const world = createWorld({ simulators: { shop: acmeShop() } })
    const status = await world.run(async () => (await fetch(`${shopOrigin}/v1/order/7`)).status)
    expect(status).toBe(404)
    expect(world.journal.exchanges()).toMatchObject([
      { operation: undefined, status: 404, nearest: ['readOrder', 'listOrders', 'cancelOrder'] },
    ])
    expect(world.journal.strikePoints()).toEqual([])
  })

  test('has the same ids in each run of a seed, whoever else is there', async () => {
    const idOf = async (simulators: { shop: ReturnType<typeof acmeShop>; other?: ReturnType<typeof acmeShop> }) => {
      const world = createWorld({
        simulators: { shop: simulators.shop, ...(simulators.other && { other: simulators.other }) },
        seed: 5,
      })
      return world.run(async () => ((await (await order('lamp')).json()) as { readonly id: string }).id)
    }
    const other = defineSimulator({
      name: 'other',
      version: '1',
      origins: ['https://other.example'],
      state: ({ random }) => ({ first: random.next() }),
      errors: {},
      faults: [],
      operations: () => ({}),
    })
    const alone = await idOf({ shop: acmeShop() })
    expect(await idOf({ shop: acmeShop(), other: other() as never })).toBe(alone)
  })

  test('is restored by its handle, and what tests hold of it stays valid', async () => {
    const world = createWorld({ simulators: { shop: acmeShop() } })
    const { state } = world.shop
    await world.run(async () => {
      const snapshot = world.shop.snapshot()
      const first = await (await order('lamp')).json()
      expect(world.shop.order('lamp')).toEqual(first)
      world.shop.restore(snapshot)
      expect([state.orders.size, world.shop.order('lamp')]).toEqual([0, undefined])
    })
  })

  test('marks in the journal what was injected, and shows no credential', async () => {
    const world = createWorld({
      simulators: { shop: acmeShop() },
      plan: { faults: [{ fault: 'server-error', status: 500, when: 'before', on: { provider: 'shop', nth: 1 } }] },
    })
    await world.run(async () => {
      expect((await order('lamp')).status).toBe(500)
      expect((await order('lamp')).status).toBe(201)
    })
    expect(
      world.journal.exchanges().map(({ nth, status, injected, effects }) => ({ nth, status, injected, effects })),
    ).toEqual([
      { nth: 1, status: 500, injected: [{ fault: 'server-error', status: 500, when: 'before' }], effects: [] },
      { nth: 2, status: 201, injected: [], effects: [{ what: 'order created', key: 'lamp' }] },
    ])
    expect(JSON.stringify(world.journal.records())).not.toContain(shopToken)
  })

  test('delivers to a receiver of the subject, and the journal counts each try', async () => {
    let tries = 0
    const world = createWorld({
      simulators: { shop: acmeShop() },
      receivers: { 'https://app.example': () => new Response('', { status: ++tries < 3 ? 500 : 200 }) },
    })
    await world.run(async () => {
      await fetch(`${shopOrigin}/v1/hooks`, {
        method: 'POST',
        headers: shopHeaders,
        body: JSON.stringify({ url: 'https://app.example/hooks' }),
      })
      await order('lamp')
      await world.settle()
    })
    expect(world.journal.deliveries().map(({ topic, nth, attempt, status }) => [topic, nth, attempt, status])).toEqual([
      ['order.created', 1, 1, 500],
      ['order.created', 2, 2, 500],
      ['order.created', 3, 3, 200],
    ])
  })
})
