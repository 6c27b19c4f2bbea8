import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callFaultNames, completeFault } from '../../src/faults/catalogue.ts'
import { afterEffect, withoutEffect } from '../../src/faults/distort.ts'
import { type CallFault, comesAfterEffect } from '../../src/faults/fault.ts'
import type { Reply } from '../../src/http/exchange.ts'
import { jsonReply, textOf, textReply } from '../../src/http/messages.ts'

const fault = (name: CallFault['fault'], given: object = {}): CallFault =>
  completeFault({ fault: name, ...given } as CallFault) as CallFault
const refuse = ({ fault: name }: CallFault, status: number): Reply => textReply(status, name)
const card = { id: 'c1', name: 'lamp', count: 3, nested: { id: 'n1' } }

const replied = (reply: Reply, ...faults: CallFault[]): Reply => {
  const outcome = afterEffect(reply, faults, refuse)
  expect(outcome.kind).toBe('replied')
  return (outcome as { readonly reply: Reply }).reply
}
const drifted = (value: unknown, given: object): unknown =>
  JSON.parse(textOf(replied(jsonReply(200, value), fault('schema-drift', given)).body))

describe('before the effect', () => {
  test.each([
    ['rate-limited', 429],
    ['bad-request', 400],
    ['unauthorized', 401],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['server-error', 503],
  ] as const)('%s is refused in the provider’s form, with %i', (name, status) => {
    expect(withoutEffect([fault(name)], refuse)).toEqual({ kind: 'replied', reply: textReply(status, name) })
  })

  test.each([
    ['hang', 'hung'],
    ['connection-refused', 'refused'],
    ['connection-timeout', 'unreachable'],
    ['dns-failure', 'unresolved'],
    ['certificate-expired', 'untrusted'],
    ['connection-reset', 'reset'],
  ] as const)('%s comes to %s', (name, kind) => {
    expect(withoutEffect([fault(name)], refuse)).toEqual({ kind })
  })

  test('every fault either prevents the effect or comes after it, as it says of itself', () => {
    const forms = callFaultNames.flatMap((name) =>
      name === 'hang' || name === 'server-error' ? [fault(name), fault(name, { when: 'after' })] : [fault(name)],
    )
    for (const form of forms)
      expect(withoutEffect([form], refuse) === undefined, form.fault).toBe(comesAfterEffect(form))
  })

  test('the first fault that prevents it decides', () => {
    expect(withoutEffect([fault('latency'), fault('connection-reset'), fault('hang')], refuse)).toEqual({
      kind: 'reset',
    })
  })
})

describe('after the effect', () => {
  const reply = jsonReply(200, card)

  test('a reply that no fault touches comes back as it was', () => {
    expect(replied(reply, fault('latency'), fault('stale-read'), fault('call-duplicated'))).toBe(reply)
  })

  test('it is lost, never comes, or is a server error instead', () => {
    expect(afterEffect(reply, [fault('reply-lost')], refuse)).toEqual({ kind: 'reset' })
    expect(afterEffect(reply, [fault('hang', { when: 'after' })], refuse)).toEqual({ kind: 'hung' })
    expect(replied(reply, fault('server-error', { status: 502, when: 'after' })).status).toBe(502)
  })

  test('a truncated body is always short of the whole, and an empty one cannot be truncated', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.double({ min: 0, max: 1, noNaN: true }), (body, keep) => {
        const outcome = afterEffect({ status: 200, headers: {}, body }, [fault('truncated-body', { keep })], refuse)
        if (body.length === 0) expect(outcome.kind).toBe('replied')
        else expect((outcome as { readonly bytes: number }).bytes).toBeLessThan(body.length)
      }),
    )
    const truncated = (keep: number) =>
      afterEffect(textReply(200, '12345678'), [fault('truncated-body', { keep })], refuse)
    expect([0, 0.5, 1].map(truncated)).toMatchObject([{ bytes: 0 }, { bytes: 4 }, { bytes: 7 }])
  })

  test('what is no HTTP comes in place of the head, or of a chunk in the midst of a body; an empty body has none', () => {
    const given: Reply = { ...textReply(200, '12345678'), headers: { 'content-length': '8', 'x-a': '1' } }
    const garbled = (body: Reply, where: string) => afterEffect(body, [fault('garbled-reply', { where })], refuse)
    expect(garbled(given, 'head')).toEqual({ kind: 'garbled' })
    expect(garbled(given, 'body')).toEqual({
      ...{ kind: 'garbled', bytes: 4 },
      reply: { ...given, headers: { 'x-a': '1', 'transfer-encoding': 'chunked' } },
    })
    expect(garbled(textReply(200, ''), 'body').kind).toBe('replied')
  })

  test('a malformed body is as long as before, no JSON, and the provider’s own is untouched', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = jsonReply(200, value)
        const copy = Buffer.from(before.body)
        const after = replied(before, fault('malformed-body'))
        expect(after.body).toHaveLength(before.body.length)
        expect(() => JSON.parse(textOf(after.body))).toThrow(SyntaxError)
        expect(before.body).toEqual(copy)
      }),
    )
  })

  test('a wrong content-type leaves the body right', () => {
    const after = replied(reply, fault('wrong-content-type'))
    expect(after.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(after.body).toBe(reply.body)
  })

  test('a slow body drips', () => {
    expect(afterEffect(reply, [fault('slow-body', { chunks: 4, intervalMs: 9 })], refuse)).toEqual({
      kind: 'dripped',
      reply,
      chunks: 4,
      intervalMs: 9,
    })
  })

  test('several faults add up, and nothing touches a reply that is lost', () => {
    const slow = afterEffect(reply, [fault('schema-drift'), fault('slow-body')], refuse)
    expect(JSON.parse(textOf((slow as { readonly reply: Reply }).reply.body))).not.toHaveProperty('id')
    expect(afterEffect(reply, [fault('reply-lost'), fault('malformed-body')], refuse)).toEqual({ kind: 'reset' })
  })
})

describe('a reply whose schema drifts', () => {
  const { id: _, ...withoutId } = card
  test.each([
    ['missing', withoutId],
    ['null', { ...card, id: null }],
    ['type', { ...card, id: 4_711 }],
    ['enum', { ...card, id: 'a_value_nobody_has_seen' }],
    ['extra', { ...card, drifted_extra_member: { nested: [true] } }],
  ])('has its id %s', (change, after) => {
    expect(drifted(card, { change })).toEqual(after)
  })

  test('drifts at the member that the fault names, through lists and objects', () => {
    expect(drifted(card, { field: 'nested.id' })).toEqual({ ...card, nested: {} })
    expect(drifted(card, { field: 'count', change: 'type' })).toEqual({ ...card, count: 'drifted' })
    expect(drifted([card, card], {})).toEqual([withoutId, card])
    expect(drifted({ list: [card] }, { field: 'list.name', change: 'null' })).toEqual({
      list: [{ ...card, name: null }],
    })
  })

  test('drifts at its first member when it has no id, and gets one more even when it is empty', () => {
    expect(drifted({ name: 'a', count: 1 }, {})).toEqual({ count: 1 })
    expect(drifted({}, { change: 'extra' })).toHaveProperty('drifted_extra_member')
  })

  test.each(['missing', 'null', 'type', 'enum'])('stays as it is when there is no such member: %s', (change) => {
    expect(drifted(card, { field: 'nothing', change })).toEqual(card)
    expect(drifted(card, { field: 'name.deeper', change })).toEqual(card)
    expect(drifted(card, { field: 'constructor.name', change })).toEqual(card)
  })

  test.each([[], {}, null, 7, 'text'])('stays as it is when it is %j', (value) => {
    expect(drifted(value, {})).toEqual(value)
  })

  test('stays as it is when it is no JSON', () => {
    const text = textReply(200, '{"id":1}')
    expect(replied(text, fault('schema-drift'))).toBe(text)
    const broken = { ...jsonReply(200, {}), body: Buffer.from('{') }
    expect(replied(broken, fault('schema-drift'))).toBe(broken)
  })
})
