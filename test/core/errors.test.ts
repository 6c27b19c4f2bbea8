import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type IntegrationErrorCode, operation } from '../../src/core/index.ts'
import {
  connectionRefused,
  connectionTimeout,
  dnsFailure,
  hang,
  malformedBody,
  replyLost,
  serverError,
  truncatedBody,
} from '../../src/faults/faults.ts'
import type { Reply } from '../../src/http/exchange.ts'
import { useWorld } from '../../src/scenario/vitest.ts'
import { acme, acmeClient, answer, create, credentials, first, read, rename, tokenInHeader } from './acme.ts'
import { failureOf } from './failures.ts'

const world = useWorld({ simulators: { acme: acme() } })
const body = { body: { name: 'second' } }

describe('each failure has its code, and says whether it may be repeated and may have happened', () => {
  test.for([
    ['unreachable', connectionRefused(), true, 'no', 3],
    ['unreachable', connectionTimeout(), true, 'no', 3],
    ['unreachable', dnsFailure(), true, 'no', 3],
    ['reply_lost', replyLost(), true, 'unknown', 1],
    ['reply_late', hang({ when: 'after' }), true, 'unknown', 1],
    ['reply_invalid', malformedBody(), true, 'yes', 1],
    ['reply_lost', truncatedBody(), true, 'yes', 1],
    ['provider_failed', serverError({ status: 502 }), true, 'unknown', 1],
  ] as const)('%s: an unsafe call that %o strikes', ([code, fault, retriable, applied, attempts]) =>
    world.run(async () => {
      world.inject('acme', 'create', fault)
      const error = await failureOf(acmeClient().call(create, body))
      expect(error).toMatchObject({ code, retriable, applied, attempts, provider: 'acme', operation: 'create' })
      expect(error.status).toBe({ provider_failed: 502, reply_invalid: 201 }[code as string] ?? error.status)
      expect(error.message).toMatch(/^create of acme: .+/)
    }),
  )

  test.for([
    [302, 'reply_invalid', true],
    [400, 'refused', false],
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not_found', false],
    [409, 'conflict', false],
    [410, 'not_found', false],
    [412, 'conflict', false],
    [422, 'refused', false],
    [408, 'provider_failed', true],
    [429, 'rate_limited', true],
    [500, 'provider_failed', true],
    [503, 'provider_failed', true],
  ] as const)('a %i is %s', ([status, code, retriable]) =>
    world.run(async () => {
      const told = answer(status, 'nothing doing')
      world.acme.state.script.push(told, told, told)
      const error = await failureOf(acmeClient().call(read, first))
      expect(error).toMatchObject({ code, status, retriable, applied: 'no', attempts: retriable ? 3 : 1 })
      expect(error.message).toContain(`status ${status}: nothing doing`)
    }),
  )

  test.for([302, 500, 200])('whether an unsafe call that got a %i happened is said as far as it is known', (status) =>
    world.run(async () => {
      world.acme.state.script.push(answer(status, 'come back later'))
      const { applied } = await failureOf(acmeClient().call(create, body))
      expect(applied).toBe(status === 200 ? 'yes' : 'unknown')
    }),
  )

  test('what the transport said is the cause', () =>
    world.run(async () => {
      world.inject('acme', 'create', replyLost({ times: 1 }))
      const error = await failureOf(acmeClient().call(create, body))
      expect(error.cause).toMatchObject({ code: 'ECONNRESET' })
      world.inject('acme', 'read', connectionRefused())
      expect((await failureOf(acmeClient().call(read, first))).cause).toMatchObject({ code: 'ECONNREFUSED' })
    }))

  test('a page of HTML says nothing that its status does not', () =>
    world.run(async () => {
      world.acme.state.script.push(answer(403, '\n<html><body>Request blocked'))
      expect((await failureOf(acmeClient().call(read, first))).message).toMatch(/\(status 403\)\.$/)
    }))

  test('messages name the time that was really waited', () =>
    world.run(async () => {
      world.inject('acme', 'create', hang({ times: 2 }))
      const client = acmeClient({ attemptMsMax: 4_000 })
      expect((await failureOf(client.call(create, body))).message).toContain('within 4000 ms')
      const short = acmeClient({ totalMsMax: 1_500 })
      expect((await failureOf(short.call(create, body))).message).toContain('within 1500 ms')
    }))
})

describe('a provider that sends back what it was sent', () => {
  const { token } = credentials
  const forms = [token, tokenInHeader, encodeURIComponent(token)]
  const echoes: readonly (readonly [name: string, reply: Reply])[] = [
    ['in a refusal', answer(401, `invalid token: ${token}`)],
    ['where a message is cut off', answer(400, `${'x'.repeat(112)}${token}`)],
    ['as it stood in the header field', answer(403, `not with ${tokenInHeader}`)],
    ['percent-encoded', answer(403, `not with ${encodeURIComponent(token)}`)],
    ['in the body of a reply that does not fit', answer(200, { id: token, name: 4711, version: token })],
    ['instead of JSON', answer(200, token)],
  ]

  test.for(echoes)('%s does not put a secret into the error', ([, reply]) =>
    world.run(async () => {
      world.acme.state.script.push(reply, reply, reply)
      const error = await failureOf(acmeClient().call(read, first))
      const printed = [error.message, String(error.cause), inspect(error, { depth: 9 }), JSON.stringify(error)]
      for (const text of printed) {
        expect(text).not.toContain(token.slice(0, 8))
        for (const form of forms) expect(text).not.toContain(form)
      }
    }),
  )

  test('nor does a client when it is printed', () => {
    expect(inspect(acmeClient(), { depth: 9, showHidden: true })).not.toContain('secret')
  })
})

describe('a request that cannot be put on the wire', () => {
  test('is the caller’s mistake: nothing was sent, and it is not tried again', () =>
    world.run(async () => {
      const client = acmeClient({}, { authenticate: () => ({ authorization: 'Bearer read-from-a-file\n' }) })
      const error = await failureOf(client.call(create, body))
      expect(error).toMatchObject({ code: 'input_invalid', retriable: false, applied: 'no', attempts: 1 })
      expect(inspect(error)).not.toContain('read-from-a-file')
      expect(world.journal.exchanges()).toHaveLength(0)
    }))

  test('because it is no JSON is refused before anything is sent', () =>
    world.run(async () => {
      const anyBody = operation({ ...rename, input: { '~standard': { ...passing, vendor: 'test', version: 1 } } })
      const error = await failureOf(acmeClient().call(anyBody, { ...first, body: { name: 1n as never } }))
      expect(error).toMatchObject({ code: 'input_invalid', attempts: 0 })
      expect(error.cause).toBeInstanceOf(TypeError)
    }))
})

const passing = { validate: (value: unknown) => ({ value: value as never }) }

test('the codes of calls that are never made say so', () =>
  world.run(async () => {
    const signal = AbortSignal.abort('changed my mind')
    const client = acmeClient({ inFlightMax: 1, queueMax: 0 })
    const seen: [IntegrationErrorCode, string, number][] = []
    const note = async (call: Promise<unknown>): Promise<void> => {
      const { code, applied, attempts } = await failureOf(call)
      seen.push([code, applied, attempts])
    }
    await note(client.call(create, { body: { name: 'x' } }))
    await note(client.call(create, body, { signal }))
    const first = client.call(create, body)
    await note(client.call(create, body))
    await first
    await client.close()
    await note(client.call(create, body))
    expect(seen).toEqual([
      ['input_invalid', 'no', 0],
      ['aborted', 'no', 0],
      ['overloaded', 'no', 0],
      ['closed', 'no', 0],
    ])
    expect(world.journal.exchanges()).toHaveLength(1)
  }))
