import { describe, expect, test } from 'vitest'
import { callOf, jsonReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import type { OperationDefinition } from '../../src/simulator/definition.ts'
import { acmeShop, shopOrigin } from '../fixtures/acme-shop.ts'
import { openOn } from '../fixtures/manual-host.ts'
import { ask, bodyOf } from './asking.ts'

/** A provider with these routes, each under its own text; it answers with the parameters it saw. */
const withRoutes = (...routes: string[]) =>
  defineSimulator({
    name: 'routes',
    version: '1',
    origins: [shopOrigin],
    state: () => ({}),
    errors: {},
    faults: [],
    operations: (operation): Record<string, OperationDefinition> =>
      Object.fromEntries(
        routes.map((route) => [route, operation(route, {}, ({ params }) => jsonReply(200, { route, params }))]),
      ),
  })

const reached = async (line: string, ...routes: string[]): Promise<unknown> =>
  bodyOf(await ask(openOn(withRoutes(...routes)()).instance, line))

describe('a call', () => {
  test('reaches the operation of its method and path', async () => {
    const routes = ['GET /v1/a', 'POST /v1/a', 'GET /v1/b']
    expect(await reached('POST /v1/a', ...routes)).toMatchObject({ route: 'POST /v1/a' })
    expect(await reached('GET /v1/b?x=/v1/a', ...routes)).toMatchObject({ route: 'GET /v1/b' })
  })

  test.each([
    ['GET /v1/:id', 'GET /v1/latest'],
    ['GET /v1/latest', 'GET /v1/:id'],
  ])('prefers a literal segment to a parameter, in the order %s, %s', async (...routes) => {
    expect(await reached('GET /v1/latest', ...routes)).toMatchObject({ route: 'GET /v1/latest' })
    expect(await reached('GET /v1/other', ...routes)).toMatchObject({ route: 'GET /v1/:id', params: { id: 'other' } })
  })

  test('has its parameters decoded, and those that do not decode left alone', async () => {
    const route = 'GET /v1/:list/cards/:card'
    expect(await reached('GET /v1/a%2Fb/cards/%C3%A9+%20', route)).toMatchObject({
      params: { list: 'a/b', card: 'é+ ' },
    })
    expect(await reached('GET /v1/%zz/cards/100%', route)).toMatchObject({ params: { list: '%zz', card: '100%' } })
  })

  test('does not reach an operation by a path that is longer, shorter, or in another case', async () => {
    for (const line of ['GET /v1/a/b', 'GET /v1', 'GET /V1/a', 'GET /']) {
      const { instance } = openOn(withRoutes('GET /v1/a')())
      expect((await ask(instance, line)).operation, line).toBeUndefined()
    }
  })

  test('reaches an operation whose path is the root', async () => {
    expect(await reached('GET /', 'GET /')).toMatchObject({ route: 'GET /' })
  })

  test('by HEAD is answered as GET is, without the body', async () => {
    const { instance } = openOn(acmeShop())
    const got = await ask(instance, 'GET /v1/orders')
    const head = await ask(instance, 'HEAD /v1/orders')
    expect([head.operation, head.reply.status, head.reply.body.length]).toEqual(['listOrders', 200, 0])
    expect(head.reply.headers['content-type']).toBe(got.reply.headers['content-type'])
    expect(instance.operationOf(callOf(`${shopOrigin}/v1/orders`, { method: 'HEAD' }))).toBe('listOrders')
  })

  test('by HEAD reaches an operation of its own where there is one', async () => {
    expect(
      openOn(withRoutes('GET /v1/a', 'HEAD /v1/a')()).instance.operationOf(
        callOf(`${shopOrigin}/v1/a`, { method: 'HEAD' }),
      ),
    ).toBe('HEAD /v1/a')
  })

  test('that no operation matches is answered in the provider’s way, and names the nearest operations', async () => {
    const { instance } = openOn(acmeShop())
    const handled = await ask(instance, 'GET /v1/order/ord-1', { headers: {} })
    expect([handled.operation, handled.reply.status, bodyOf(handled)]).toEqual([
      undefined,
      404,
      'Cannot GET /v1/order/ord-1',
    ])
    expect(handled.nearest[0]).toBe('readOrder')
    expect(handled.nearest).toHaveLength(3)
  })

  test('with the wrong method is nearest to the operations of that path', async () => {
    const { instance } = openOn(acmeShop())
    expect((await ask(instance, 'PATCH /v1/orders')).nearest.slice(0, 2)).toEqual(['createOrder', 'listOrders'])
  })

  test('that no operation matches gets 404 in JSON where the provider says nothing', async () => {
    const handled = await ask(openOn(withRoutes('GET /v1/a')()).instance, 'GET /nothing')
    expect([handled.reply.status, bodyOf(handled)]).toEqual([404, { error: 'not_found' }])
  })
})

describe('a definition', () => {
  test.each(['/v1/a', 'get /v1/a', 'GET v1/a', 'GET  /v1/a', 'GET /v1/a b', ''])('refuses the route %j', (route) => {
    expect(() => withRoutes(route)).toThrow('METHOD /path')
  })

  test('refuses a second operation that no call could reach', () => {
    expect(() => withRoutes('GET /v1/:id', 'GET /v1/:name')).toThrow(/GET \/v1\/:id.*GET \/v1\/:name/)
  })

  test.each(['https://api.acme.example/', 'https://api.acme.example/v1', 'api.acme.example'])(
    'refuses the origin %j',
    (origin) => {
      expect(() =>
        defineSimulator({
          name: 'bad',
          version: '1',
          origins: [origin],
          state: () => ({}),
          errors: {},
          faults: [],
          operations: () => ({}),
        }),
      ).toThrow(/"(https:\/\/)?api\.acme\.example.*is no origin/)
    },
  )

  test('tells its operations with method, path and effect', () => {
    expect(acmeShop().operations.createOrder).toEqual({
      name: 'createOrder',
      method: 'POST',
      template: '/v1/orders',
      effect: 'create',
    })
    expect(acmeShop().operations.listOrders).toEqual({ name: 'listOrders', method: 'GET', template: '/v1/orders' })
  })
})
