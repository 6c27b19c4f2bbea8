import { expect, test } from 'vitest'
import type { CallFault } from '../../src/faults/fault.ts'
import {
  badRequest,
  callDuplicated,
  conflict,
  connectionRefused,
  connectionReset,
  connectionTimeout,
  dnsFailure,
  forbidden,
  hang,
  latency,
  malformedBody,
  notFound,
  rateLimited,
  replyLost,
  schemaDrift,
  serverError,
  slowBody,
  staleRead,
  truncatedBody,
  unauthorized,
  wrongContentType,
} from '../../src/faults/faults.ts'
import type { ExchangeRecord } from '../../src/simulator/journal.ts'
import type { Answered } from './clients.ts'
import { legMs, type Stage, type Way } from './ways.ts'
import { aborting, expiring, injected, type Met, showing, shown, wireFaults } from './wire-faults.ts'

/** The error that an exchange meets, and where; fails when it meets none. */
export async function met(ask: () => Promise<Answered>): Promise<Met> {
  let answered: Answered
  try {
    answered = await ask()
  } catch (error) {
    return { phase: 'head', error: shown(error) }
  }
  const failed = await answered.body().then(
    () => expect.unreachable('the exchange met no error'),
    (error: unknown) => error,
  )
  return { phase: 'body', error: shown(failed) }
}

/** Faults that leave the provider untouched, and those that strike once it has done what it was asked. */
const beforeEffect: readonly CallFault[] = [
  ...[rateLimited(), badRequest(), unauthorized(), forbidden(), notFound(), conflict(), serverError(), hang()],
  ...[connectionRefused(), connectionTimeout(), dnsFailure(), connectionReset()],
]
const afterEffect: readonly CallFault[] = [
  ...[latency(), serverError({ when: 'after' }), hang({ when: 'after' }), replyLost(), truncatedBody()],
  ...[malformedBody(), wrongContentType(), slowBody(), schemaDrift()],
]

const refusals: readonly (readonly [CallFault, number])[] = [
  [badRequest(), 400],
  [unauthorized(), 401],
  [forbidden(), 403],
  [notFound(), 404],
  [conflict(), 409],
  [rateLimited(), 429],
  ...([500, 502, 503, 504] as const).flatMap((status): (readonly [CallFault, number])[] => [
    [serverError({ status }), status],
    [serverError({ status, when: 'after' }), status],
  ]),
]

const drifts = [
  ['missing', { words: ['hello'], mood: 'calm' }],
  ['null', { id: null, words: ['hello'], mood: 'calm' }],
  ['type', { id: 'drifted', words: ['hello'], mood: 'calm' }],
  ['enum', { id: 'a_value_nobody_has_seen', words: ['hello'], mood: 'calm' }],
  ['extra', { id: 1, words: ['hello'], mood: 'calm', drifted_extra_member: { nested: [true] } }],
] as const

const said = { id: 1, words: ['hello'], mood: 'calm' }

/** Asserts that one way shows every fault as its client shows it on real sockets, at the times of its world. */
export function showsFaults(way: Way): void {
  showsWhatFaultsDo(way)
  takesItsTime(way)
  letsGo(way)
}

/** Asserts that one way shows every fault as its client shows it on real sockets, whatever time that takes. */
export function showsWhatFaultsDo(way: Way): void {
  test.for(wireFaults)('shows %s as on real sockets', (fault) =>
    way.play(async ({ inject, ask, patience, origin }) => {
      inject('say', injected[fault](patience))
      const seen = await met(() => ask('/words'))
      const shownAs = way.shownAs?.(fault) ?? fault
      expect(seen).toEqual(showing[way.kind.family](shownAs, new URL(origin), patience))
    }),
  )

  test('shows a reply that was lost as a connection that was reset', () =>
    way.play(async ({ inject, ask, patience, origin }) => {
      inject('say', replyLost())
      expect(await met(() => ask('/words'))).toEqual(showing[way.kind.family]('reset', new URL(origin), patience))
    }))

  test.for(refusals)('shows %o as status %i', ([fault, status]) =>
    way.play(async ({ inject, ask }) => {
      inject('say', fault)
      expect((await ask('/words')).status).toBe(status)
    }),
  )

  test.for(beforeEffect)('leaves the provider untouched by a call that %o strikes', (fault) =>
    way.play(async ({ inject, ask, words }) => {
      inject('learn', fault)
      await settled(ask('/words', { method: 'POST' }))
      expect(words()).toEqual(['hello'])
    }),
  )

  test.for(afterEffect)('lets the provider do what a call asks that %o strikes', (fault) =>
    way.play(async ({ inject, ask, words }) => {
      inject('learn', fault)
      await settled(ask('/words', { method: 'POST' }))
      expect(words()).toEqual(['hello', 'word 1'])
    }),
  )

  changesReplies(way)
}

/** Waits for an exchange to its end, whatever that is. */
async function settled(asked: Promise<Answered>): Promise<void> {
  await asked.then((answered) => answered.body()).catch(() => undefined)
}

async function jsonOf(asked: Promise<Answered>): Promise<unknown> {
  return JSON.parse(String(await (await asked).body()))
}

function takesItsTime(way: Way): void {
  test('brings a late reply late, and whole', () =>
    way.play(async ({ inject, ask, elapsedMs }) => {
      inject('say', latency({ ms: 1_500 }))
      expect(await jsonOf(ask('/words'))).toEqual(said)
      expect(elapsedMs()).toBe(1_500 + 2 * legMs)
    }))

  test('brings the head at once and a slow body piece by piece', () =>
    way.play(async ({ inject, ask, elapsedMs }) => {
      inject('say', slowBody({ chunks: 4, intervalMs: 700 }))
      const answered = await ask('/words')
      expect(elapsedMs()).toBe(2 * legMs)
      expect(JSON.parse(String(await answered.body()))).toEqual(said)
      expect(elapsedMs()).toBe(2 * legMs + 4 * 700)
    }))

  test('gives up on a reply that is later than it waits', () =>
    way.play(async ({ inject, ask, patience, origin, elapsedMs }) => {
      inject('say', latency({ ms: patience.headersMs + 1 }))
      expect(await met(() => ask('/words'))).toEqual(showing[way.kind.family]('hung', new URL(origin), patience))
      expect(elapsedMs() - patience.headersMs).toBe(way.kind.family === 'got' ? 1 : 0)
    }))
}

function changesReplies(way: Way): void {
  test('brings a malformed body whole, and no parser takes it', () =>
    way.play(async ({ inject, ask }) => {
      inject('say', malformedBody())
      const answered = await ask('/words')
      const body = String(await answered.body())
      expect(body).toHaveLength(JSON.stringify(said).length)
      expect(() => JSON.parse(body)).toThrow(SyntaxError)
      expect(new Map(answered.headers).get('content-type')).toMatch(/json/)
    }))

  test('brings the right body under a wrong content type', () =>
    way.play(async ({ inject, ask }) => {
      inject('say', wrongContentType())
      const answered = await ask('/words')
      expect(new Map(answered.headers).get('content-type')).toBe('text/html; charset=utf-8')
      expect(JSON.parse(String(await answered.body()))).toEqual(said)
    }))

  test.for(drifts)('brings a reply whose schema has drifted: %s', ([change, expected]) =>
    way.play(async ({ inject, ask }) => {
      inject('say', schemaDrift({ change }))
      expect(await jsonOf(ask('/words'))).toEqual(expected)
    }),
  )

  test('answers a stale read from before the latest change', () =>
    way.play(async ({ inject, ask }) => {
      inject('say', staleRead({ times: 1 }))
      await settled(ask('/words', { method: 'POST' }))
      expect(await jsonOf(ask('/words'))).toEqual(said)
      expect(await jsonOf(ask('/words'))).toMatchObject({ words: ['hello', 'word 1'] })
    }))

  test('lets a call that something sends twice have its effect twice, and shows one reply', () =>
    way.play(async ({ inject, ask, words, records }) => {
      inject('replace', callDuplicated())
      expect(await jsonOf(ask('/words', { method: 'PUT' }))).toMatchObject({ id: 3 })
      expect(words()).toEqual(['hello', 'word 1', 'word 2'])
      expect(records().map(({ n, ...rest }) => 'duplicateOf' in rest && rest.duplicateOf)).toEqual([undefined, 1])
    }))

  test('is struck as often as was asked, then is well again', () =>
    way.play(async ({ inject, ask }) => {
      const injection = inject('say', rateLimited({ times: 2, retryAfterS: 3 }))
      const statuses = [await ask('/words'), await ask('/words'), await ask('/words')].map(({ status }) => status)
      expect(statuses).toEqual([429, 429, 200])
      expect(injection.strikes).toBe(2)
    }))
}

/** The client gives up, at every moment at which it can. */
function letsGo(way: Way): void {
  const withSignal = (act: (stage: Stage, controller: AbortController) => Promise<void>): Promise<void> =>
    way.play((stage) => act(stage, new AbortController()))
  const stopped = aborting[way.kind.family]

  test('sends nothing for a signal that is aborted already', () =>
    withSignal(async ({ ask, records }, controller) => {
      controller.abort(new RangeError('mine'))
      const seen = await met(() => ask('/words', { signal: controller.signal }))
      expect(seen).toEqual(stopped('head'))
      expect(records()).toEqual([])
    }))

  test('lets go of a call at an abort before the head, and the call still arrives', () =>
    withSignal(async ({ ask, wait, words, elapsedMs, records }, controller) => {
      setTimeout(() => controller.abort(new RangeError('mine')), legMs / 2)
      const seen = await met(() => ask('/words', { method: 'POST', signal: controller.signal }))
      expect(seen).toEqual(stopped('head'))
      expect(elapsedMs()).toBe(legMs / 2)
      await wait(legMs)
      expect(words()).toEqual(['hello', 'word 1'])
      expect((records()[0] as ExchangeRecord).outcome).toBe('aborted')
    }))

  test('lets go of a body that still drips at an abort', () =>
    withSignal(async ({ inject, ask, elapsedMs }, controller) => {
      inject('say', slowBody({ chunks: 4, intervalMs: 100 }))
      setTimeout(() => controller.abort(new RangeError('mine')), 250)
      const seen = await met(() => ask('/words', { signal: controller.signal }))
      expect(seen).toEqual(stopped('body'))
      expect(elapsedMs()).toBe(250)
    }))

  test('lets go of a call whose time is up, in virtual time', () =>
    way.play(async ({ inject, ask, elapsedMs }) => {
      inject('say', hang())
      const seen = await met(() => ask('/words', { signal: AbortSignal.timeout(1_200) }))
      expect([seen.error.message, seen.error.cause?.message]).toContain(expiring[way.kind.family])
      expect(elapsedMs()).toBe(1_200)
    }))

  test('leaves what it was given as it was', () =>
    way.play(async ({ ask }) => {
      const headers = Object.freeze({ 'X-Own': 'Value', 'content-type': 'application/json' })
      const body = Buffer.from('{"a":1}')
      await settled(ask('/echo', Object.freeze({ method: 'POST', headers, body })))
      expect(headers).toEqual({ 'X-Own': 'Value', 'content-type': 'application/json' })
      expect(String(body)).toBe('{"a":1}')
    }))
}
