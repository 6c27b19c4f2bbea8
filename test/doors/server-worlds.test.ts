import { describe, expect, test } from 'vitest'
import { hang, rateLimited, slowBody } from '../../src/faults/faults.ts'
import { served, until } from './served.ts'

const learn = async (url: string): Promise<number> => (await fetch(`${url}/words`, { method: 'POST' })).status

describe('a world of a server', () => {
  test('has state, faults, journal, clock and seed of its own', async () => {
    await using server = await served({ seed: 7 })
    const one = server.openWorld({ seed: 8 })
    one.world.inject('parrot', 'learn', rateLimited({ times: 1 }))
    await one.world.clock.advance(3_600_000)
    expect([await learn(one.url), await learn(one.url), await learn(server.origin)]).toEqual([429, 201, 201])
    const [own, main] = [one.world, server.world]
    const words = [own, main].map(({ simulators }) => (simulators as typeof main.simulators).parrot.state.words.length)
    expect(words).toEqual([2, 2])
    expect([own.journal.length, main.journal.length, own.seed, main.seed]).toEqual([2, 1, 8, 7])
    expect(Math.round((own.clock.now() - main.clock.now()) / 60_000)).toBe(60)
    expect([own.faults().length, main.faults().length]).toEqual([1, 0])
  })

  test('takes nothing of the plan that the server was started with', async () => {
    const plan = { faults: [{ fault: 'rate-limited', on: { provider: 'parrot' } }] } as const
    await using server = await served({ plan: plan as never })
    const { url } = server.openWorld()
    expect([await learn(server.origin), await learn(url)]).toEqual([429, 201])
  })

  test('is refused under an id that is taken, or cannot be one, and when there are too many', async () => {
    await using server = await served({ worldsMax: 3 })
    server.openWorld({ id: 'one' })
    const refused = (id: string): string => {
      try {
        server.openWorld({ id })
      } catch (error) {
        return (error as { code: string }).code
      }
      return 'opened'
    }
    expect(['one', 'main', 'a/b', '', 'two', 'three'].map(refused)).toEqual([
      ...['world_exists', 'world_exists', 'options_invalid', 'options_invalid', 'opened', 'too_many_worlds'],
    ])
    expect(server.worlds().map(({ id }) => id)).toEqual(['main', 'one', 'two'])
  })

  test('resets what is under way when it is closed, and leaves the others alone', async () => {
    await using server = await served()
    const { id, url, world } = server.openWorld()
    world.inject('parrot', 'say', hang({ times: 1 }))
    world.inject('parrot', 'say', slowBody({ chunks: 2, intervalMs: 60_000 }))
    const hung = fetch(`${url}/words`).catch((error: Error) => (error.cause as { code: string }).code)
    await until(() => world.network.inFlight === 1)
    const dripping = await fetch(`${url}/words`)
    expect(await server.closeWorld(id)).toBe(true)
    expect(await hung).toBe('ECONNRESET')
    await expect(dripping.text()).rejects.toThrow('terminated')
    expect((await fetch(`${url}/words`)).status).toBe(404)
    expect(await learn(server.origin)).toBe(201)
    expect(await server.closeWorld(id)).toBe(false)
    expect(await server.closeWorld('main')).toBe(false)
  })

  test('is closed when nobody has called it for long enough, unless a call is under way', async () => {
    await using server = await served({ worldIdleMsMax: 250 })
    const [busy, kept] = [server.openWorld({ id: 'busy' }), server.openWorld({ id: 'kept', idleMsMax: 600_000 })]
    busy.world.inject('parrot', 'say', hang())
    const controller = new AbortController()
    const hung = fetch(`${busy.url}/words`, { signal: controller.signal }).catch(() => undefined)
    await until(() => busy.world.network.inFlight === 1)
    // Opened later, so that the busy one would have gone before it.
    const idle = server.openWorld({ id: 'idle', idleMsMax: 300 })
    await until(() => server.worldNamed(idle.id) === undefined)
    expect(server.worlds().map(({ id }) => id)).toEqual(['main', 'busy', 'kept'])
    controller.abort()
    await hung
    await until(() => server.worldNamed(busy.id) === undefined)
    expect(server.worlds()).toEqual([server.main, kept])
  })
})

describe('200 worlds at once', () => {
  test('see nothing of each other, and leave neither timer nor socket behind', async () => {
    const resources = (): readonly string[] =>
      process.getActiveResourcesInfo().filter((name) => /Timeout|TCP|Immediate/.test(name))
    const before = resources()
    {
      await using server = await served()
      const story = async (at: number): Promise<void> => {
        const { id, url, world } = server.openWorld({ seed: at })
        world.inject('parrot', 'learn', rateLimited({ times: 1 }))
        const statuses: number[] = []
        for (let call = 0; call <= at % 5; call++) statuses.push(await learn(url))
        expect(statuses).toEqual([429, ...Array.from({ length: at % 5 }, () => 201)])
        expect((await (await fetch(`${url}/words`)).json()) as object).toMatchObject({ id: 1 + (at % 5) })
        expect(world.journal.exchanges().map(({ nth, operation }) => `${operation} ${nth}`)).toEqual([
          ...statuses.map((_, call) => `learn ${call + 1}`),
          'say 1',
        ])
        // Something of each is still planned when it is closed.
        world.clock.schedule(3_600_000, () => undefined)
        if (at % 2 === 0) await server.closeWorld(id)
      }
      await Promise.all(Array.from({ length: 200 }, (_, at) => story(at)))
      expect(server.worlds()).toHaveLength(101)
      expect(server.world.journal.length).toBe(0)
    }
    await until(() => resources().length <= before.length)
    expect(resources().length).toBeLessThanOrEqual(before.length)
  })
})
