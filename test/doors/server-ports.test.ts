import { Agent, request } from 'undici'
import { describe, expect, test } from 'vitest'
import { connectionRefused } from '../../src/faults/faults.ts'
import { newsroom } from './newsroom.ts'
import { parrot } from './parrot.ts'
import { served, until } from './served.ts'

const refusing = (more: object = {}) => ({
  faults: [{ fault: 'connection-refused', on: { provider: 'parrot', ...more } }],
})

/** The status, or the code of what went wrong. */
async function ask(url: string, dispatcher: Agent = new Agent()): Promise<unknown> {
  try {
    const { statusCode, body } = await request(url, { dispatcher })
    await body.dump()
    return statusCode
  } catch (error) {
    return (error as { readonly code: unknown }).code
  }
}

/** Asks until the answer is the one that is waited for: a port opens a moment after it is asked to. */
async function eventually(url: string, awaited: unknown): Promise<unknown> {
  let seen: unknown
  for (let call = 0; call < 1_000 && seen !== awaited; call++) seen = await ask(url)
  return seen
}

describe('a port of a provider', () => {
  test('leads to it and to nothing else, at its root', async () => {
    await using server = await served({ ports: true, simulators: { parrot: parrot(), news: newsroom() } as never })
    expect(Object.keys(server.ownPorts)).toEqual(['parrot', 'news'])
    const url = server.ownPorts['parrot'] ?? ''
    const heard = await (await fetch(`${url}/news/a?b=c`)).json()
    expect(heard).toMatchObject({ path: '/news/a', query: 'b=c', headers: { host: 'parrot.localhost' } })
    expect(server.world.journal.exchanges()).toHaveLength(1)
  })

  test('is closed while the provider is to refuse connections, and is the same port again after', async () => {
    await using server = await served({ ports: true })
    const url = `${server.ownPorts['parrot']}/words`
    const agent = new Agent()
    expect(await ask(url, agent)).toBe(200)
    const [fault] = server.world.injectPlan(refusing())
    expect([await ask(url, agent), await ask(url)]).toEqual(['ECONNREFUSED', 'ECONNREFUSED'])
    expect(fault?.strikes).toBe(1)
    expect(server.world.journal.exchanges()).toHaveLength(1)
    fault?.remove()
    expect(await eventually(url, 200)).toBe(200)
    await agent.close()
  })

  test('is closed for as long as was said, by the clock of the world', async () => {
    await using server = await served({ ports: true })
    const url = `${server.ownPorts['parrot']}/words`
    server.world.clock.freeze()
    server.world.injectPlan(refusing({ fromMs: 60_000, untilMs: 120_000 }))
    expect(await ask(url)).toBe(200)
    await server.world.clock.advance(60_000)
    expect(await ask(url)).toBe('ECONNREFUSED')
    await server.world.clock.advance(60_000)
    expect(await eventually(url, 200)).toBe(200)
  })

  test('stays open for a fault on some calls only: what it strikes is reset', async () => {
    await using server = await served({ ports: true })
    const url = `${server.ownPorts['parrot']}/words`
    server.world.inject('parrot', 'say', connectionRefused({ times: 1 }))
    expect([await ask(url), await ask(url)]).toEqual(['ECONNRESET', 200])
    server.world.injectPlan(refusing({ times: 1 }))
    expect([await ask(url), await ask(url)]).toEqual(['ECONNRESET', 200])
  })

  test('is opened no more when the server is closed meanwhile', async () => {
    const server = await served({ ports: true })
    const url = `${server.ownPorts['parrot']}/words`
    server.world.injectPlan(refusing())
    await server.close(0)
    server.world.clearFaults()
    await until(() => true)
    expect(await ask(url)).toBe('ECONNREFUSED')
  })
})
