import http from 'node:http'
import { Agent, request } from 'undici'
import { describe, expect, test } from 'vitest'
import { acceptedNow, ConnectionLedger } from '../../src/doors/live-connections.ts'
import { latency } from '../../src/faults/faults.ts'
import { served, until } from './served.ts'

/** Asks as a client that keeps its connections in `dispatcher`, or makes one anew for each call. */
async function ask(url: string, dispatcher: Agent = new Agent()): Promise<void> {
  const { body } = await request(url, { dispatcher, headers: { 'user-agent': 'subject' } })
  await body.dump()
}

describe('the connections to a server', () => {
  test('are one, for a client that keeps it', async () => {
    await using server = await served()
    const agent = new Agent({ connections: 1 })
    for (let call = 0; call < 5; call++) await ask(`${server.origin}/words`, agent)
    expect(server.world.connections()).toEqual({
      ...{ opened: 1, open: 1, openPeak: 1, idle: 1, openedNeedlessly: 0, leftBehind: 0, calls: 5 },
      ...{ callsPerConnectionPeak: 5, callsAtOncePeak: 1 },
      clients: [expect.objectContaining({ address: '127.0.0.1', userAgent: 'subject', opened: 1, calls: 5 })],
    })
    expect(server.world.journal.exchanges().map(({ connection }) => connection)).toEqual([1, 1, 1, 1, 1])
    await agent.close()
    await until(() => server.world.connections().open === 0)
    expect(server.world.connections()).toMatchObject({ opened: 1, idle: 0, leftBehind: 0 })
  })

  test('are as many as calls, for a client that is made anew for each and never closed', async () => {
    await using server = await served()
    for (let call = 0; call < 5; call++) await ask(`${server.origin}/words`)
    expect(server.world.connections()).toMatchObject({
      ...{ opened: 5, open: 5, idle: 5, openedNeedlessly: 4, calls: 5, callsPerConnectionPeak: 1 },
      callsAtOncePeak: 1,
    })
    expect(server.world.journal.exchanges().map(({ connection }) => connection)).toEqual([1, 2, 3, 4, 5])
  })

  test('are left behind when the server has to close them', async () => {
    await using server = await served({ keepAliveMs: 1 })
    const agent = new Agent({ keepAliveTimeout: 600_000, keepAliveTimeoutThreshold: -600_000 })
    await ask(`${server.origin}/words`, agent)
    await until(() => server.world.connections().open === 0)
    expect(server.world.connections()).toMatchObject({ opened: 1, leftBehind: 1 })
    await agent.close()
  })

  test('show how far a client fans out, and none of these is needless', async () => {
    await using server = await served()
    server.world.inject('parrot', 'say', latency({ ms: 50 }))
    const agent = new Agent({ connections: null })
    await Promise.all(Array.from({ length: 40 }, () => ask(`${server.origin}/words`, agent)))
    expect(server.world.connections()).toMatchObject({
      ...{ opened: 40, openPeak: 40, openedNeedlessly: 0, callsAtOncePeak: 40 },
    })
    await agent.close()
  })

  test('are counted for each world by itself, and anew on demand', async () => {
    await using server = await served()
    const { url, world } = server.openWorld()
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const get = (address: string): Promise<unknown> =>
      new Promise((resolve) => http.get(address, { agent }, (response) => response.resume().on('end', resolve)))
    for (const base of [server.origin, url, url, server.origin]) await get(`${base}/words`)
    const counts = () =>
      [server.world, world].map((each) => {
        const { opened, open, calls } = each.connections()
        return [opened, open, calls]
      })
    expect(counts()).toEqual([
      [1, 1, 2],
      [1, 1, 2],
    ])
    server.world.forgetConnections()
    expect(counts()[0]).toEqual([0, 0, 0])
    await get(`${server.origin}/words`)
    expect(counts()[0]).toEqual([1, 1, 1])
    agent.destroy()
    await until(() => counts().every(([, open]) => open === 0))
  })
})

describe('a ledger of connections', () => {
  const opened = (ledger: ConnectionLedger, userAgent = 'a', acceptedAt = acceptedNow()) =>
    ledger.open(acceptedAt, '127.0.0.1', userAgent)

  test('counts no connection as needless that was made before another fell idle', async () => {
    const ledger = new ConnectionLedger()
    const early = acceptedNow()
    const first = opened(ledger)
    ledger.begin(first)
    ledger.end(first)
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
    opened(ledger, 'a', early)
    expect(ledger.report().openedNeedlessly).toBe(0)
    opened(ledger)
    expect(ledger.report().openedNeedlessly).toBe(1)
    opened(ledger, 'another client')
    expect(ledger.report().openedNeedlessly).toBe(1)
  })

  test('counts calls that are read in one turn as under way at once, also when each is answered at once', () => {
    const ledger = new ConnectionLedger()
    for (const seen of [opened(ledger), opened(ledger), opened(ledger)]) {
      ledger.begin(seen)
      ledger.end(seen)
    }
    expect(ledger.report()).toMatchObject({ callsAtOncePeak: 3, idle: 3 })
  })

  test('ends the calls of a connection that closes', () => {
    const ledger = new ConnectionLedger()
    const seen = opened(ledger)
    ledger.begin(seen)
    ledger.close(seen, false)
    ledger.end(seen)
    const next = opened(ledger)
    ledger.begin(next)
    expect(ledger.report()).toMatchObject({ open: 1, idle: 0, calls: 2, callsAtOncePeak: 1 })
  })

  test('tells apart as many clients as it says, and sums up the others', () => {
    const ledger = new ConnectionLedger()
    for (let client = 0; client < 300; client++) opened(ledger, `client ${client}`)
    const { opened: all, clients } = ledger.report()
    expect([all, clients.length]).toEqual([300, 256])
  })
})
