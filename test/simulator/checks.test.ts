import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { jsonReply, textReply } from '../../src/http/messages.ts'
import { defineSimulator } from '../../src/simulator/define-simulator.ts'
import type { Check } from '../../src/simulator/definition.ts'
import { acmeShop, shopHeaders, shopOrigin, shopToken } from '../fixtures/acme-shop.ts'
import { openOn } from '../fixtures/manual-host.ts'
import { ask, bodyOf } from './asking.ts'

/** A provider at which one call can fail every check at once. */
const strictInOrder = (checks: readonly Check[] | undefined) =>
  defineSimulator({
    name: 'strict',
    version: '1',
    origins: [shopOrigin],
    state: () => ({}),
    errors: {},
    faults: [],
    ...(checks && { checks }),
    auth: () => ({ refused: textReply(401, 'auth') }),
    limits: [
      {
        name: 'none',
        algorithm: 'fixed-window',
        max: 0,
        intervalMs: 1000,
        scope: () => 'all',
        refuse: () => textReply(429, 'limits'),
      },
    ],
    invalid: (issue) => textReply(400, issue.message),
    operations: (operation) => ({
      read: operation(
        'GET /v1/:id',
        { params: { id: z.string().min(99, 'params') }, query: z.object({ q: z.string('input') }) },
        () => textReply(200, 'handler'),
      ),
    }),
  })

describe('the order of checks', () => {
  const orders: [readonly Check[] | undefined, string][] = [
    [undefined, 'params'],
    [['params', 'auth', 'limits', 'input'], 'params'],
    [['auth', 'limits', 'params', 'input'], 'auth'],
    [['limits', 'auth', 'params', 'input'], 'limits'],
    [['input', 'limits', 'auth', 'params'], 'input'],
    [[], 'handler'],
  ]
  test.each(orders)('%j lets the first one that fails answer: %s', async (checks, first) => {
    expect(bodyOf(await ask(openOn(strictInOrder(checks)()).instance, 'GET /v1/a'))).toBe(first)
  })

  test('lets the edge answer before the route is looked at', async () => {
    const edged = defineSimulator({
      name: 'edged',
      version: '1',
      origins: [shopOrigin],
      state: () => ({}),
      errors: {},
      faults: [],
      edge: (call) => (call.body.length > 0 ? textReply(403, '<html>') : undefined),
      operations: (operation) => ({ read: operation('GET /v1', {}, () => jsonReply(200, {})) }),
    })
    const { instance } = openOn(edged())
    const refused = await ask(instance, 'GET /v1', { body: 'x' })
    expect([refused.reply.status, refused.operation]).toEqual([403, 'read'])
    expect((await ask(instance, 'GET /nothing', { body: 'x' })).reply.status).toBe(403)
    expect((await ask(instance, 'GET /v1')).reply.status).toBe(200)
  })

  test('does not let a call that an earlier check refused count against a limit', async () => {
    const once = defineSimulator({
      name: 'once',
      version: '1',
      origins: [shopOrigin],
      state: () => ({}),
      errors: {},
      faults: [],
      auth: ({ headers }) => (headers['x-user'] ? { principal: undefined } : { refused: textReply(401, 'auth') }),
      limits: { requestsPerSecondMax: 1 },
      operations: (operation) => ({ read: operation('GET /v1', {}, () => jsonReply(200, {})) }),
    })
    const { instance } = openOn(once())
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await ask(instance, 'GET /v1', { headers })).reply.status
    expect([await statusOf({}), await statusOf({}), await statusOf({})]).toEqual([401, 401, 401])
    expect([await statusOf({ 'x-user': 'ada' }), await statusOf({ 'x-user': 'ada' })]).toEqual([200, 429])
  })
})

describe('input', () => {
  const echo = defineSimulator({
    name: 'echo',
    version: '1',
    origins: [shopOrigin],
    state: () => ({}),
    errors: {},
    faults: [],
    checks: ['input'],
    operations: (operation) => ({
      plain: operation('POST /plain', {}, ({ query, body, input }) =>
        jsonReply(200, { query, body, input: input ?? null }),
      ),
      parsed: operation(
        'POST /parsed',
        { query: z.object({ n: z.coerce.number() }), body: z.object({ tags: z.array(z.string()).default([]) }) },
        ({ query, body }) => jsonReply(200, { query, body }),
      ),
      either: operation('POST /either', { input: z.object({ name: z.string() }) }, ({ input }) =>
        jsonReply(200, input),
      ),
    }),
  })
  const answer = async (line: string, body?: unknown, type = 'application/json'): Promise<unknown> => {
    const given = body === undefined ? {} : { body }
    return bodyOf(await ask(openOn(echo()).instance, line, { headers: { 'content-type': type }, ...given }))
  }

  test('without a schema comes as it was sent', async () => {
    expect(await answer('POST /plain?a=1&a=2', { b: [3] })).toEqual({
      query: { a: ['1', '2'] },
      body: { b: [3] },
      input: null,
    })
  })

  test('is there for the handler although no check of input is made', async () => {
    const unchecked = defineSimulator({
      name: 'unchecked',
      version: '1',
      origins: [shopOrigin],
      state: () => ({}),
      errors: {},
      faults: [],
      checks: [],
      operations: (operation) => ({
        plain: operation('POST /plain', {}, ({ query, body }) => jsonReply(200, { query, body })),
      }),
    })
    const handled = await ask(openOn(unchecked()).instance, 'POST /plain?a=1', { body: { b: 2 } })
    expect(bodyOf(handled)).toEqual({ query: { a: '1' }, body: { b: 2 } })
  })

  test('is parsed by the operation’s schemas, defaults included', async () => {
    expect(await answer('POST /parsed?n=7', {})).toEqual({ query: { n: 7 }, body: { tags: [] } })
  })

  test('that does not fit is refused with the field that is wrong', async () => {
    expect(await answer('POST /parsed?n=x', {})).toMatchObject({ error: 'invalid_request', path: 'query.n' })
    expect(await answer('POST /parsed?n=1', { tags: [1] })).toMatchObject({ path: 'body.tags.0' })
    expect(await answer('POST /parsed?n=1')).toMatchObject({ path: 'body' })
    expect(await answer('POST /parsed?n=1', '{"tags":')).toMatchObject({ path: 'body' })
  })

  test('from query or body alike is taken from both, and the body wins', async () => {
    expect(await answer('POST /either?name=query')).toEqual({ name: 'query' })
    expect(await answer('POST /either', { name: 'body' })).toEqual({ name: 'body' })
    expect(await answer('POST /either?name=query', { name: 'body' })).toEqual({ name: 'body' })
    expect(await answer('POST /either', 'name=form', 'application/x-www-form-urlencoded')).toEqual({ name: 'form' })
    expect(await answer('POST /either')).toMatchObject({ error: 'invalid_request', path: 'input.name' })
  })

  test('is read by its content-type, in any case and with parameters', async () => {
    const bodies: [string, string, unknown][] = [
      ['Application/JSON; Charset=UTF-8', '{"a":1}', { a: 1 }],
      ['application/vnd.acme+json', '[1]', [1]],
      ['Application/X-WWW-Form-Urlencoded', 'a=1&a=2&b=%20', { a: ['1', '2'], b: ' ' }],
      ['text/plain', '{"a":1}', '{"a":1}'],
      ['application/jsonlines', '{"a":1}', '{"a":1}'],
    ]
    for (const [type, sent, body] of bodies)
      expect(await answer('POST /plain', sent, type), type).toMatchObject({ body })
  })

  test('of a multipart form gives fields, repeated fields, and files with their bytes', async () => {
    const form = new FormData()
    form.append('name', 'Ünique')
    form.append('tag', 'one')
    form.append('tag', 'two')
    form.append('__proto__', 'odd')
    form.append('file', new Blob([Uint8Array.of(0, 255, 13, 10)], { type: 'image/png' }), 'a.png')
    const encoded = new Response(form)
    const seen: unknown[] = []
    const upload = defineSimulator({
      name: 'upload',
      version: '1',
      origins: [shopOrigin],
      state: () => ({}),
      errors: {},
      faults: [],
      operations: (operation) => ({
        upload: operation('POST /files', {}, ({ body, bodyFields }) => {
          seen.push(body, bodyFields)
          return jsonReply(200, {})
        }),
      }),
    })
    await ask(openOn(upload()).instance, 'POST /files', {
      headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
      body: await encoded.bytes(),
    })
    expect(Object.entries(seen[0] as object)).toEqual([
      ['name', 'Ünique'],
      ['tag', ['one', 'two']],
      ['__proto__', 'odd'],
      ['file', { name: 'a.png', type: 'image/png', bytes: Uint8Array.of(0, 255, 13, 10) }],
    ])
    expect(seen[1]).toEqual(seen[0])
  })

  test('of a multipart form that is broken is text', async () => {
    expect(await answer('POST /plain', 'nonsense', 'multipart/form-data; boundary=x')).toMatchObject({
      body: 'nonsense',
    })
    expect(await answer('POST /plain', 'nonsense', 'multipart/form-data')).toMatchObject({ body: 'nonsense' })
  })
})

describe('credentials', () => {
  test('decide who calls', async () => {
    const { instance } = openOn(acmeShop())
    expect((await ask(instance, 'GET /v1/orders')).reply.status).toBe(200)
    const refused = await ask(instance, 'GET /v1/orders', {
      headers: { ...shopHeaders, authorization: 'Bearer other' },
    })
    expect([refused.reply.status, bodyOf(refused)]).toEqual([401, 'invalid token'])
    expect(refused.reply.headers['www-authenticate']).toBe('Bearer')
  })

  test('come from the options of the simulator', async () => {
    const { instance } = openOn(acmeShop({ tokens: { other: 'tok_2' } }))
    expect((await ask(instance, 'GET /v1/orders')).reply.status).toBe(401)
    expect((await ask(instance, 'GET /v1/orders', { headers: { authorization: 'Bearer tok_2' } })).reply.status).toBe(
      200,
    )
  })

  test('are looked at only after the parameters, at a provider that does so', async () => {
    const { instance } = openOn(acmeShop())
    expect((await ask(instance, 'GET /v1/orders/nonsense', { headers: {} })).reply.status).toBe(400)
  })

  test('are named as secrets, also once they no longer hold', async () => {
    const { instance } = openOn(acmeShop())
    expect(instance.secrets()).toEqual([shopToken])
    instance.state.tokens.delete('main')
    instance.state.tokens.set('main', 'tok_new')
    expect(instance.secrets()).toEqual([shopToken, 'tok_new'])
  })
})

describe('the error catalogue', () => {
  test('answers in the provider’s form: text with a detail, JSON, or the name', async () => {
    const { instance } = openOn(acmeShop())
    const missing = await ask(instance, 'GET /v1/orders/ord-%24%261')
    expect([missing.reply.status, bodyOf(missing)]).toEqual([404, 'order ord-$&1 was not found'])
    const soldOut = await ask(instance, 'POST /v1/orders', { body: { item: 'moon' } })
    expect([soldOut.reply.status, bodyOf(soldOut)]).toEqual([409, { code: 17, reason: 'sold out' }])
  })

  test('says an error without a body by its name, with the detail if there is one', async () => {
    const plain = defineSimulator({
      name: 'plain',
      version: '1',
      origins: [shopOrigin],
      state: () => ({}),
      errors: { teapot: { status: 418, headers: { 'x-tea': 'yes' } } },
      faults: [],
      operations: (operation) => ({
        brew: operation('GET /brew', {}, (ctx) => ctx.fail('teapot')),
        pour: operation('GET /pour', {}, (ctx) => ctx.fail('teapot', 'short and stout')),
      }),
    })
    const { instance } = openOn(plain())
    const brewed = await ask(instance, 'GET /brew')
    expect([brewed.reply.status, brewed.reply.headers['x-tea'], bodyOf(brewed)]).toEqual([
      418,
      'yes',
      { error: 'teapot' },
    ])
    expect(bodyOf(await ask(instance, 'GET /pour'))).toEqual({ error: 'teapot', message: 'short and stout' })
  })

  test('has a form for injected refusals: the provider’s, or the status and the fault’s name', () => {
    const { instance } = openOn(acmeShop())
    const reply = instance.refuse({ fault: 'rate-limited', status: 429 }, callTo('/v1/orders'))
    expect([reply.status, JSON.parse(Buffer.from(reply.body).toString())]).toEqual([429, { error: 'rate-limited' }])
    expect(reply.headers).not.toHaveProperty('retry-after')
    const patient = instance.refuse({ fault: 'rate-limited', status: 429, retryAfterS: 7 }, callTo('/v1/orders'))
    expect(patient.headers['retry-after']).toBe('7')
  })
})

describe('headers of every reply', () => {
  test('stand on refusals and unmatched calls too, and give way to the reply’s own', async () => {
    const { instance } = openOn(acmeShop())
    for (const line of ['GET /v1/orders', 'GET /nothing', 'POST /v1/orders']) {
      expect((await ask(instance, line, { headers: {} })).reply.headers, line).toHaveProperty('x-request')
    }
  })
})

function callTo(path: string): Parameters<ReturnType<typeof openOn>['instance']['refuse']>[1] {
  return { method: 'GET', origin: shopOrigin, path, query: '', headers: {}, body: new Uint8Array(0) }
}
