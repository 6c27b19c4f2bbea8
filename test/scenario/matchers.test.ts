import assert from 'node:assert/strict'
import http from 'node:http'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { kanban, trello, trelloCredentials } from '../../simulators/trello/index.ts'
import { openLive } from '../../src/doors/live.ts'
import { startServer } from '../../src/doors/server/start-server.ts'
import { callDuplicated, replyLost } from '../../src/faults/faults.ts'
import {
  assertExchanged,
  assertNoUnusedFaults,
  assertReusedConnections,
  assertSettled,
} from '../../src/scenario/assertions.ts'
import type { ExchangeQuery } from '../../src/scenario/exchange-query.ts'
import type { NamesOf } from '../../src/scenario/judgeable.ts'
import { useWorld } from '../../src/scenario/vitest.ts'
import type { World } from '../../src/world/types.ts'
import { createWorld } from '../../src/world/world.ts'
import { acmePromotions } from '../fixtures/acme-promotions.ts'

const redeem = (code = 'SPRING', customerId = 'ada'): Promise<Response> =>
  fetch(`https://api.acme.example/v1/codes/${code}/redemptions`, {
    method: 'POST',
    headers: { 'idempotency-key': customerId, 'content-type': 'application/json' },
    body: JSON.stringify({ customerId }),
  })

type Acme = World<{ acme: ReturnType<typeof acmePromotions> }>

/** A world in which a reply was lost, the call was made again within an intent, and a code was not found. */
async function played(): Promise<Acme> {
  const world = createWorld({ simulators: { acme: acmePromotions() } })
  world.acme.state.codes.set('SPRING', { redemptionsMax: 2 })
  world.inject('acme', 'redeemCode', replyLost({ times: 1 }))
  await world.run(async () => {
    await world.intent('redeem for ada', () => redeem().catch(() => redeem()))
    await redeem('AUTUMN', 'bob')
  })
  return world
}

const messageOf = (assertion: () => unknown): string => {
  try {
    assertion()
  } catch (error) {
    assert(error instanceof Error)
    return error.message
  }
  return 'It held.'
}

describe('toHaveExchanged', () => {
  test.for([
    [{}],
    [{ operation: 'redeemCode' }],
    [{ provider: 'acme', operation: 'redeemCode', times: 3 }],
    [{ status: 201, times: 1 }],
    [{ status: 404, intent: 'redeem for ada', times: 0 }],
    [{ outcome: 'reset', injected: 'reply-lost', times: 1 }],
    [{ injected: true, times: 1 }],
    [{ injected: false, times: 2 }],
    [{ intent: 'redeem for ada', times: 2 }],
    [{ timesMin: 3 }],
    [{ timesMax: 3 }],
    [{ timesMin: 2, timesMax: 4 }],
  ] as const satisfies [ExchangeQuery<NamesOf<Acme>>][])('holds of %j', async ([query]) => {
    const world = await played()
    expect(world).toHaveExchanged(query)
    assertExchanged(world, query)
    expect(() => expect(world).not.toHaveExchanged(query)).toThrow('Expected')
  })

  test.for([
    [{ status: 500 }],
    [{ operation: 'redeemCode', times: 1 }],
    [{ outcome: 'refused' }],
    [{ injected: 'hang' }],
    [{ intent: 'redeem for bob' }],
    [{ timesMin: 4 }],
    [{ timesMax: 2 }],
    [{ times: 0 }],
  ] as const satisfies [ExchangeQuery<NamesOf<Acme>>][])('does not hold of %j', async ([query]) => {
    const world = await played()
    expect(world).not.toHaveExchanged(query)
    expect(() => assertExchanged(world, query)).toThrow(assert.AssertionError)
    expect(() => expect(world).toHaveExchanged(query)).toThrow('Expected')
  })

  test('fails with what was expected, what there was, and what happened', async () => {
    const world = await played()
    const lines = messageOf(() => expect(world).toHaveExchanged({ operation: 'redeemCode', status: 201, times: 2 }))
    expect(
      lines
        .replaceAll(/\d\d:\d\d\.\d{3}/g, '00:00.000')
        .split('\n')
        .slice(0, 6),
    ).toEqual([
      'Expected exactly 2 exchanges of redeemCode with status 201; there was 1.',
      '',
      'What happened, in virtual time since the start:',
      '  00:00.000  redeem for ada  ┌ starts',
      '  00:00.000  redeem for ada  → redeemCode #1  ⚡ reply-lost  POST /v1/codes/SPRING/redemptions  {"customerId":"a…',
      '  00:00.000  redeem for ada  ✚ redeemCode',
    ])
  })

  test.for([
    [{ operation: 'redeemCode' }, 'Expected no exchange of redeemCode; there were 3.'],
    [{ times: 3 }, 'Expected a number of exchanges other than exactly 3 of any operation; there were 3.'],
  ] as const)('says of %j what its negation expected', async ([query, says]) => {
    const world = await played()
    expect(messageOf(() => expect(world).not.toHaveExchanged(query)).split('\n')[0]).toBe(says)
  })

  test.for([
    [{ times: 0 }, 'Expected no exchange of any operation; there were 3.'],
    [{ times: 1 }, 'Expected exactly 1 exchange of any operation; there were 3.'],
    [{ timesMax: 2 }, 'Expected at most 2 exchanges of any operation; there were 3.'],
    [{ timesMin: 4, timesMax: 6 }, 'Expected 4 to 6 exchanges of any operation; there were 3.'],
    [{ status: 418, injected: false }, 'Expected an exchange of any operation with status 418, struck by no fault;'],
  ] as const)('says of %j what it expected', async ([query, says]) => {
    const world = await played()
    expect(messageOf(() => expect(world).toHaveExchanged(query))).toContain(says)
  })

  test('counts what the subject sent, and not the copies that a fault made of it', async () => {
    const world = createWorld({ simulators: { trello: trello({ boards: [kanban] }) } })
    world.inject('trello', 'members.boards', callDuplicated({ times: 1 }))
    const query = new URLSearchParams(trelloCredentials)
    await world.run(() => fetch(`https://api.trello.com/1/members/me/boards?${query}`))
    expect(world.journal.exchanges()).toHaveLength(2)
    expect(world).toHaveExchanged({ operation: 'members.boards', times: 1 })
  })

  test.for([
    [{ operation: 'redeemCodes' }, 'operation: acme has no "redeemCodes". Did you mean "redeemCode"?'],
    [{ provider: 'acne' }, 'provider: there is no "acne". Did you mean "acme"?'],
    [{ time: 1 }, 'there is no member "time". Did you mean "times"?'],
    [{ outcome: 'lost' }, 'outcome: got "lost".'],
    [{ injected: 'reply-lots' }, 'injected: got "reply-lots".'],
    [{ times: -1 }, 'times: got -1.'],
    [{ times: 1, timesMin: 1 }, 'times is exact'],
    [{ timesMin: 3, timesMax: 2 }, 'timesMin: got 3, which is more than timesMax, 2.'],
  ] as const)('refuses %j in both forms, since nothing could break it', async ([query, says]) => {
    const world = await played()
    expect(() => expect(world).toHaveExchanged(query as object)).toThrow(says)
    expect(() => expect(world).not.toHaveExchanged(query as object)).toThrow(says)
    expect(() => assertExchanged(world, query as object)).toThrow(says)
  })

  test.for([[undefined], [null], ['acme'], [{}], [{ journal: [] }]])('refuses %j, which has no journal', ([judged]) => {
    expect(() => expect(judged).toHaveExchanged()).toThrow('Only what has a journal can be judged')
  })

  test('knows names of providers and operations by their types', async () => {
    expectTypeOf<ExchangeQuery<NamesOf<Acme>>['operation']>().toEqualTypeOf<'redeemCode' | undefined>()
    expectTypeOf<ExchangeQuery<NamesOf<Acme>>['provider']>().toEqualTypeOf<'acme' | undefined>()
    const world = await played()
    // @ts-expect-error There is no such operation.
    expect(() => expect(world).toHaveExchanged({ operation: 'redeemcode' })).toThrow('redeemCode')
    // @ts-expect-error There is no such operation.
    expect(() => assertExchanged(world, { operation: 'redeemcode' })).toThrow('redeemCode')
  })
})

describe('toHaveSettled', () => {
  test('holds of a world in which all has ended, and not of one whose subject left a call behind', async () => {
    expect(await played()).toHaveSettled()
    const world = createWorld({ simulators: { acme: acmePromotions() } })
    await world.run(() => {
      redeem()
    })
    expect(world).not.toHaveSettled()
    expect(messageOf(() => expect(world).toHaveSettled())).toMatch(
      /^Expected all to have settled:\n {2}redeemCode #1 of acme has no outcome yet\n\nWhat happened/,
    )
    expect(() => assertSettled(world)).toThrow('redeemCode #1 of acme has no outcome yet')
  })

  test('does not hold while an intent has not ended', async () => {
    const world = createWorld({ simulators: { acme: acmePromotions() } })
    await world.run(() => {
      world.intent('wait for ever', () => new Promise(() => {}))
    })
    expect(() => expect(world).toHaveSettled()).toThrow('the intent "wait for ever" has not ended')
  })

  test('says of a settled world what its negation expected', async () => {
    const world = await played()
    expect(() => expect(world).not.toHaveSettled()).toThrow('Expected something to be under way; all has settled.')
  })
})

describe('toHaveNoUnusedFaults', () => {
  test('holds once every fault has struck, and names one that has not', async () => {
    const world = await played()
    expect(world).toHaveNoUnusedFaults()
    assertNoUnusedFaults(world)
    expect(() => expect(world).not.toHaveNoUnusedFaults()).toThrow('Expected a fault that never struck; there is none.')
    world.inject('acme', 'redeemCode', replyLost({ times: 1 }))
    expect(world).not.toHaveNoUnusedFaults()
    expect(() => expect(world).toHaveNoUnusedFaults()).toThrow('reply-lost never struck: there was no')
    expect(() => assertNoUnusedFaults(world)).toThrow('reply-lost never struck: there was no')
  })
})

describe('with useWorld', () => {
  const world = useWorld({ simulators: { acme: acmePromotions() } })

  test('matchers judge the world of the running test, within its run and after', async () => {
    await world.run(async () => {
      expect(world).not.toHaveExchanged()
      await redeem('AUTUMN')
      expect(world).toHaveExchanged({ operation: 'redeemCode', status: 404, times: 1 })
    })
    expect(world).toHaveSettled()
    expect(world).toHaveNoUnusedFaults()
    expect(() => expect(world).toHaveReusedConnections()).toThrow('In a world, calls come over no connections')
    expect(() => assertReusedConnections(world)).toThrow('In a world, calls come over no connections')
  })
})

describe('with live simulators', () => {
  test('matchers judge their journal', () => {
    const live = openLive({ simulators: { acme: acmePromotions() } })
    expect(live).not.toHaveExchanged({ operation: 'redeemCode' })
    expect(live).toHaveSettled()
    // @ts-expect-error There is no such operation.
    expect(() => expect(live).toHaveExchanged({ operation: 'redeemcode' })).toThrow('redeemCode')
    live.close()
  })
})

describe('toHaveReusedConnections', () => {
  const call = (url: string, agent: http.Agent | false): Promise<void> =>
    new Promise((resolve, reject) => {
      http.get(`${url}/v1/nothing`, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject)
    })

  test('holds of a client that keeps its connection, and not before any call has come', async () => {
    await using server = await started()
    expect(server).not.toHaveReusedConnections()
    expect(() => expect(server).toHaveReusedConnections()).toThrow('No call came over a connection')
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (const _ of [1, 2, 3]) await call(server.main.urls.acme, agent)
    expect(server).toHaveReusedConnections()
    expect(server.main).toHaveReusedConnections({ openMax: 1 })
    expect(server.world).toHaveExchanged({ timesMin: 3 })
    assertReusedConnections(server)
    expect(() => expect(server).not.toHaveReusedConnections()).toThrow('3 calls came over 1 connection.')
    agent.destroy()
  })

  test('does not hold of a client that is made anew for each call', async () => {
    await using server = await started()
    const agents = [1, 2, 3].map(() => new http.Agent({ keepAlive: true }))
    for (const agent of agents) await call(server.main.urls.acme, agent)
    expect(server).not.toHaveReusedConnections()
    expect(messageOf(() => expect(server).toHaveReusedConnections())).toMatch(
      /^Expected connections to be reused\.\n {2}3 calls came over 3 connections\.\n {2}2 connections opened while another lay idle\.\n\nWhat happened, since the first call:/,
    )
    expect(() => assertReusedConnections(server)).toThrow('2 connections opened while another lay idle.')
    for (const agent of agents) agent.destroy()
  })

  test('does not hold of a client that fans out further than it may', async () => {
    await using server = await started()
    const agent = new http.Agent({ keepAlive: true })
    await Promise.all(Array.from({ length: 12 }, () => call(server.main.urls.acme, agent)))
    // The first ones are answered before the last ones are accepted: they had been asked for all the same.
    expect(server).toHaveReusedConnections({ openMax: 12 })
    expect(() => expect(server).toHaveReusedConnections({ openMax: 11 })).toThrow(
      '12 were open at the same time; 11 may be.',
    )
    expect(() => expect(server).toHaveReusedConnections({ openMax: 0 })).toThrow('openMax: got 0.')
    agent.destroy()
  })

  async function started() {
    const server = await startServer({ simulators: { acme: acmePromotions() } })
    return Object.assign(server, { [Symbol.asyncDispose]: () => server.close(0) })
  }
})
