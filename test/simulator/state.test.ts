import { describe, expect, test } from 'vitest'
import { callOf, jsonReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import { acmeShop, shopHeaders, shopOrigin } from '../fixtures/acme-shop.ts'
import { openOn } from '../fixtures/manual-host.ts'
import { ask, bodyOf } from './asking.ts'

const create = (instance: Parameters<typeof ask>[0], item: string) =>
  ask(instance, 'POST /v1/orders', { body: { item } })

describe('effects', () => {
  test('are those that the handler noted', async () => {
    const { instance } = openOn(acmeShop())
    expect((await create(instance, 'lamp')).effects).toEqual([{ what: 'order created', key: 'lamp' }])
  })

  test('are noted by themselves, under the operation’s name, when the state changed', async () => {
    const { instance } = openOn(acmeShop())
    const { id } = bodyOf(await create(instance, 'lamp')) as { readonly id: string }
    const changed = await ask(instance, `PUT /v1/orders/${id}`, { body: { item: 'lamp', quantity: 2 } })
    expect(changed.effects).toEqual([{ what: 'changeOrder', key: '' }])
    expect((await ask(instance, `DELETE /v1/orders/${id}`)).effects).toEqual([{ what: 'cancelOrder', key: 'lamp' }])
  })

  test('are none when nothing changed, when the call failed, and when it only reads', async () => {
    const { instance } = openOn(acmeShop())
    expect((await ask(instance, 'DELETE /v1/orders/ord-1')).effects).toEqual([])
    expect((await create(instance, 'moon')).effects).toEqual([])
    expect((await ask(instance, 'POST /v1/orders', { body: {} })).effects).toEqual([])
    expect((await ask(instance, 'POST /v1/orders', { headers: {}, body: { item: 'lamp' } })).effects).toEqual([])
    expect((await ask(instance, 'GET /v1/orders')).effects).toEqual([])
  })

  test('of calls within a call are effects of the whole', async () => {
    const { instance } = openOn(acmeShop())
    const ids: string[] = []
    for (const item of ['lamp', 'desk']) ids.push((bodyOf(await create(instance, item)) as { id: string }).id)
    const batch = await ask(instance, 'POST /v1/batch', {
      body: [
        `DELETE /v1/orders/${ids[0]}`,
        'DELETE /v1/orders/ord-none',
        `DELETE /v1/orders/${ids[1]}`,
        'GET /v1/orders',
      ],
    })
    expect(bodyOf(batch)).toEqual([200, 404, 200, 200])
    expect(batch.effects).toEqual([
      { what: 'cancelOrder', key: 'lamp' },
      { what: 'cancelOrder', key: 'desk' },
    ])
    expect(instance.state.orders.size).toBe(0)
  })

  interface State {
    readonly map: Map<string, number>
    readonly records: Map<string, { status: string; readonly tags: string[] }>
    readonly set: Set<string>
    list: string[]
    count: number
    label: string
  }
  const kinds = defineSimulator({
    name: 'kinds',
    version: '1',
    origins: [shopOrigin],
    state: (): State => ({
      map: new Map([['a', 1]]),
      records: new Map([['a', { status: 'open', tags: ['red'] }]]),
      set: new Set(['a']),
      list: ['a'],
      count: 0,
      label: 'x',
    }),
    errors: {},
    faults: [],
    operations: (operation) => {
      const change = (route: `POST /${string}`, task: (state: State) => void) =>
        operation(route, { effect: 'update' }, ({ state }) => {
          task(state)
          return jsonReply(200, {})
        })
      return {
        mapSet: change('POST /map-set', ({ map }) => map.set('b', 1)),
        mapSetSame: change('POST /map-set-same', ({ map }) => map.set('a', 1)),
        recordSetSame: change('POST /record-set-same', ({ records }) => {
          records.set('a', { status: 'open', tags: ['red'] })
        }),
        recordInPlace: change('POST /record-in-place', ({ records }) => {
          for (const record of records.values()) record.status = 'paid'
        }),
        recordInPlaceDeep: change('POST /record-in-place-deep', ({ records }) => records.get('a')?.tags.push('blue')),
        recordInPlaceSame: change('POST /record-in-place-same', ({ records }) => {
          for (const record of records.values()) record.status = 'open'
        }),
        mapDelete: change('POST /map-delete', ({ map }) => map.delete('a')),
        mapDeleteNothing: change('POST /map-delete-nothing', ({ map }) => map.delete('z')),
        mapClear: change('POST /map-clear', ({ map }) => map.clear()),
        setAdd: change('POST /set-add', ({ set }) => set.add('b')),
        setAddAgain: change('POST /set-add-again', ({ set }) => set.add('a')),
        setDelete: change('POST /set-delete', ({ set }) => set.delete('a')),
        listPush: change('POST /list-push', ({ list }) => list.push('b')),
        listReplace: change('POST /list-replace', (state) => {
          state.list = ['b']
        }),
        listInPlace: change('POST /list-in-place', ({ list }) => list.fill('b')),
        listSame: change('POST /list-same', (state) => {
          state.list = ['a']
        }),
        plain: change('POST /plain', (state) => {
          state.count++
        }),
        plainSame: change('POST /plain-same', (state) => {
          state.label = 'x'
        }),
        nothing: change('POST /nothing', () => {}),
        refused: operation('POST /refused', { effect: 'update' }, ({ state }) => {
          state.list.push('counted')
          return jsonReply(409, {})
        }),
      }
    },
  })

  test.each([
    ['map-set', 1],
    ['map-set-same', 0],
    ['record-set-same', 0],
    ['record-in-place', 1],
    ['record-in-place-deep', 1],
    ['record-in-place-same', 0],
    ['map-delete', 1],
    ['map-delete-nothing', 0],
    ['map-clear', 1],
    ['set-add', 1],
    ['set-add-again', 0],
    ['set-delete', 1],
    ['list-push', 1],
    ['list-replace', 1],
    ['list-in-place', 1],
    ['list-same', 0],
    ['plain', 1],
    ['plain-same', 0],
    ['nothing', 0],
    ['refused', 0],
  ])('are changes of the state, wherever in it and however they are made: %s makes %i', async (path, count) => {
    const { instance } = openOn(kinds())
    expect((await ask(instance, `POST /${path}`)).effects).toHaveLength(count)
  })

  test('are seen after a reset and after a restore too', async () => {
    const { instance } = openOn(kinds())
    const snapshot = instance.snapshot()
    instance.reset()
    expect((await ask(instance, 'POST /map-set')).effects).toHaveLength(1)
    instance.restore(snapshot)
    expect((await ask(instance, 'POST /map-set')).effects).toHaveLength(1)
    expect((await ask(instance, 'POST /nothing')).effects).toHaveLength(0)
  })
})

describe('ids', () => {
  test('have the provider’s format and come from the seed', async () => {
    const idOf = async (seed: number): Promise<unknown> => {
      const { instance } = openOn(acmeShop(), { seed })
      return (bodyOf(await create(instance, 'lamp')) as { readonly id: string }).id
    }
    expect(await idOf(1)).toMatch(/^ord-0-\d{4}$/)
    expect(await idOf(1)).toBe(await idOf(1))
    expect(await idOf(1)).not.toBe(await idOf(2))
  })

  test('are kind and sixteen letters and digits where the provider says nothing', async () => {
    const plain = defineSimulator({
      name: 'plain',
      version: '1',
      origins: [shopOrigin],
      state: ({ ids }) => ({ first: ids.next('acc') }),
      errors: {},
      faults: [],
      operations: (operation) => ({ next: operation('GET /id', {}, ({ ids }) => jsonReply(200, ids.next())) }),
    })
    const { instance } = openOn(plain())
    expect(instance.state.first).toMatch(/^acc_[A-Za-z0-9]{16}$/)
    expect(bodyOf(await ask(instance, 'GET /id'))).toMatch(/^id_[A-Za-z0-9]{16}$/)
  })

  test('do not change when a handler draws chance of its own', async () => {
    const { instance } = openOn(acmeShop())
    const other = openOn(acmeShop()).instance
    for (let n = 0; n < 5; n++) await ask(other, 'GET /v1/orders')
    expect(bodyOf(await create(other, 'lamp'))).toEqual(bodyOf(await create(instance, 'lamp')))
  })
})

describe('a snapshot', () => {
  test('is plain data of its own: what happens later does not change it', async () => {
    const { instance } = openOn(acmeShop())
    await create(instance, 'lamp')
    const snapshot = instance.snapshot()
    const copy = structuredClone(snapshot)
    await create(instance, 'desk')
    expect(snapshot).toEqual(copy)
    instance.restore(snapshot)
    expect([...instance.state.orders.values()].map(({ item }) => item)).toEqual(['lamp'])
    await create(instance, 'chair')
    expect(snapshot).toEqual(copy)
  })

  test('brings back everything: the same calls go on to the same ids, headers and replies', async () => {
    const { instance } = openOn(acmeShop())
    await create(instance, 'lamp')
    const snapshot = instance.snapshot()
    const goOn = async (): Promise<unknown> => {
      const handled = [
        await create(instance, 'desk'),
        await create(instance, 'chair'),
        await ask(instance, 'GET /v1/orders'),
      ]
      return handled.map(({ reply, effects }) => ({ reply, effects }))
    }
    const first = await goOn()
    instance.restore(snapshot)
    expect(await goOn()).toEqual(first)
  })

  test('restores into another run of the same simulator', async () => {
    const { instance } = openOn(acmeShop())
    await create(instance, 'lamp')
    const other = openOn(acmeShop(), { seed: 9 }).instance
    other.restore(structuredClone(instance.snapshot()))
    expect(bodyOf(await create(other, 'desk'))).toEqual(bodyOf(await create(instance, 'desk')))
  })

  test('copies maps, sets, dates, bytes and odd names to any depth', () => {
    const rich = defineSimulator({
      name: 'rich',
      version: '1',
      origins: [shopOrigin],
      state: () => ({
        deep: new Map([['a', { list: [new Set([1]), new Date(5), Uint8Array.of(1, 2)], nothing: null }]]),
        odd: JSON.parse('{"__proto__":{"a":1}}') as object,
      }),
      errors: {},
      faults: [],
      operations: () => ({}),
    })
    const { instance } = openOn(rich())
    const { state } = instance
    const before = { ...state }
    instance.restore(instance.snapshot())
    expect(instance.state).toBe(state)
    expect(state).toEqual(before)
    expect(state.deep.get('a')).not.toBe(before.deep.get('a'))
    expect(Object.keys(instance.state.odd)).toEqual(['__proto__'])
  })

  test('that is none is refused, and changes nothing', async () => {
    const { instance } = openOn(acmeShop())
    await create(instance, 'lamp')
    for (const nonsense of [undefined, null, {}, 'state', { state: {} }]) {
      expect(() => instance.restore(nonsense)).toThrow('acme-shop: restore takes what snapshot gave')
    }
    expect(instance.state.orders.size).toBe(1)
  })
})

test('a reset goes back to the very start: state, limits, ids and chance', async () => {
  const { instance } = openOn(acmeShop())
  const first = [(await create(instance, 'lamp')).reply, (await create(instance, 'desk')).reply]
  instance.reset()
  expect(instance.state.orders.size).toBe(0)
  expect([(await create(instance, 'lamp')).reply, (await create(instance, 'desk')).reply]).toEqual(first)
})

test('a view reads the state as it stands, also after a restore and a reset', async () => {
  const { instance } = openOn(acmeShop())
  const snapshot = instance.snapshot()
  await create(instance, 'lamp')
  expect(instance.view.order('lamp')?.quantity).toBe(1)
  instance.restore(snapshot)
  expect(instance.view.order('lamp')).toBeUndefined()
  await create(instance, 'desk')
  instance.reset()
  expect(instance.view.order('desk')).toBeUndefined()
})

describe('a stale read', () => {
  const read = (instance: ReturnType<typeof openOn>['instance'], line: string) => {
    const [method = '', path = ''] = line.split(' ')
    return instance.handleStale(callOf(`${shopOrigin}${path}`, { method, headers: shopHeaders }))
  }

  test('is answered from before the latest effect', async () => {
    const { instance } = openOn(acmeShop())
    instance.remember()
    await create(instance, 'lamp')
    await create(instance, 'desk')
    expect(bodyOf(await read(instance, 'GET /v1/orders'))).toMatchObject([{ item: 'lamp' }])
    expect(bodyOf(await ask(instance, 'GET /v1/orders'))).toMatchObject([{ item: 'lamp' }, { item: 'desk' }])
  })

  test('looks past calls that changed nothing', async () => {
    const { instance } = openOn(acmeShop())
    instance.remember()
    await create(instance, 'lamp')
    await create(instance, 'moon')
    await ask(instance, 'DELETE /v1/orders/ord-none')
    expect(bodyOf(await read(instance, 'GET /v1/orders'))).toEqual([])
  })

  test('reads the state as it is when nothing has happened yet', async () => {
    const { instance } = openOn(acmeShop())
    await create(instance, 'lamp')
    instance.remember()
    expect(bodyOf(await read(instance, 'GET /v1/orders'))).toMatchObject([{ item: 'lamp' }])
  })

  test('never swallows a write', async () => {
    const { instance } = openOn(acmeShop())
    instance.remember()
    const { id } = bodyOf(await create(instance, 'lamp')) as { readonly id: string }
    await create(instance, 'desk')
    const gone = await read(instance, `DELETE /v1/orders/${id}`)
    expect(gone.reply.status).toBe(200)
    expect([...instance.state.orders.values()].map(({ item }) => item)).toEqual(['desk'])
  })

  test('of a batch is stale within it too', async () => {
    const { instance } = openOn(acmeShop())
    instance.remember()
    const { id } = bodyOf(await create(instance, 'lamp')) as { readonly id: string }
    const call = callOf(`${shopOrigin}/v1/batch`, {
      method: 'POST',
      headers: shopHeaders,
      body: JSON.stringify([`GET /v1/orders/${id}`]),
    })
    expect(bodyOf(await instance.handleStale(call))).toEqual([404])
  })
})
