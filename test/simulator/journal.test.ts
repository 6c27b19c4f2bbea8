import { describe, expect, test } from 'vitest'
import type { Headers } from '../../src/http/exchange.ts'
import { callOf, jsonReply } from '../../src/http/messages.ts'
import { JournalBook } from '../../src/simulator/journal-book.ts'
import { createRedactor } from '../../src/simulator/redact.ts'

const secret = 's3cr/et+p=Ünique"q'
const origin = 'https://api.acme.example'

interface Given {
  readonly secrets?: readonly string[]
  readonly url?: string
  readonly headers?: Headers
  readonly body?: string | Uint8Array
}

/** A text, and what is Base64 in it decoded. */
function revealed(shown: string): string {
  const hidden = [...shown.matchAll(/[A-Za-z0-9+/_-]{8,}={0,2}/g)].map(([found]) => Buffer.from(found, 'base64'))
  return [shown, ...hidden.map(String)].join('\n')
}

/** Everything a journal prints of one call. */
function journalled({ secrets = [secret], url = `${origin}/`, headers = {}, body = '' }: Given): string {
  const book = new JournalBook(createRedactor(() => secrets))
  book.openExchange('acme', 'read', callOf(url, { method: 'POST', headers, body }), 0)
  return JSON.stringify(book.records())
}

describe('the journal', () => {
  const book = new JournalBook(createRedactor(() => []))
  const call = callOf(`${origin}/v1?a=1`, { headers: { accept: '*/*' } })

  test('holds each attempt once, in order, and counts the calls of each operation', () => {
    const first = book.openExchange('acme', 'read', call, 1)
    const second = book.openExchange('acme', 'read', call, 2)
    const other = book.openExchange('acme', 'list', call, 3)
    const elsewhere = book.openExchange('other', 'read', call, 4)
    const unmatched = book.openExchange('acme', undefined, call, 5)
    expect([first, second, other, elsewhere, unmatched].map(({ n, nth }) => [n, nth])).toEqual([
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 1],
      [5, 1],
    ])
    expect(book.length).toBe(5)
  })

  test('counts a copy that something on the way made as no call of its own', () => {
    const [first] = book.exchanges()
    const copy = book.openDuplicate(first as never, call, 6)
    expect([copy.nth, copy.duplicateOf]).toEqual([1, 1])
    expect(book.openExchange('acme', 'read', call, 7).nth).toBe(3)
  })

  test('counts deliveries of a topic, further tries included and copies not', () => {
    const one = book.openDelivery('acme', 'made', 1, call, 8)
    const copy = book.openDelivery('acme', 'made', 1, call, 8, one)
    const two = book.openDelivery('acme', 'made', 2, call, 9)
    expect([one.nth, copy.nth, two.nth]).toEqual([1, 1, 2])
    expect([one.duplicateOf, copy.duplicateOf]).toEqual([undefined, one.n])
  })

  test('names every place where a fault can strike: no copy, no unmatched call', () => {
    expect(book.strikePoints()).toEqual([
      { provider: 'acme', operation: 'read', nth: 1 },
      { provider: 'acme', operation: 'read', nth: 2 },
      { provider: 'acme', operation: 'list', nth: 1 },
      { provider: 'other', operation: 'read', nth: 1 },
      { provider: 'acme', operation: 'read', nth: 3 },
      { provider: 'acme', topic: 'made', nth: 1 },
      { provider: 'acme', topic: 'made', nth: 2 },
    ])
  })

  test('keeps the first end of an attempt', () => {
    const entry = book.openExchange('acme', 'read', call, 10)
    expect(entry.outcome).toBe('pending')
    entry.end('aborted', 11)
    entry.end('replied', 12, jsonReply(200, {}))
    expect([entry.outcome, entry.endedAt, entry.status, entry.reply]).toEqual(['aborted', 11, undefined, undefined])
  })

  test('tells what was begun before the end of an attempt was known, and what after', () => {
    const fresh = new JournalBook(createRedactor(() => []))
    const first = fresh.openExchange('acme', 'read', call, 1)
    const second = fresh.openExchange('acme', 'read', call, 1)
    first.end('replied', 1, jsonReply(200, {}))
    const third = fresh.openExchange('acme', 'read', call, 1)
    expect(first.endedAfter).toBe(second.n)
    expect(third.n).toBeGreaterThan(first.endedAfter ?? third.n)
    expect(third.endedAfter).toBeUndefined()
  })

  test('tells of each record everything, as plain data', () => {
    const fresh = new JournalBook(createRedactor(() => []))
    const entry = fresh.openExchange('acme', 'read', call, 1)
    entry.injected = [{ fault: 'latency' }]
    entry.end('replied', 2, jsonReply(200, { id: 1 }))
    fresh.note('log', 'a line', 3, 'intent 1')
    expect(JSON.parse(JSON.stringify(fresh.records()))).toEqual([
      {
        ...{
          kind: 'exchange',
          n: 1,
          provider: 'acme',
          operation: 'read',
          nth: 1,
          nearest: [],
          sentAt: 1,
          endedAt: 2,
          endedAfter: 1,
        },
        call: { method: 'GET', url: `${origin}/v1?a=1`, headers: { accept: '*/*' }, body: '' },
        ...{ outcome: 'replied', status: 200, injected: [{ fault: 'latency' }], effects: [] },
        reply: { headers: { 'content-type': 'application/json; charset=utf-8' }, body: '{"id":1}' },
      },
      { kind: 'note', n: 2, at: 3, topic: 'log', text: 'a line', intent: 'intent 1' },
    ])
  })

  test('has a fingerprint that changes with anything in it, and with nothing else', () => {
    const filled = (at: number, body = 'x'): JournalBook => {
      const made = new JournalBook(createRedactor(() => []))
      made.openExchange('acme', 'read', callOf(`${origin}/`, { body }), at)
      return made
    }
    expect(filled(1).fingerprint()).toMatch(/^[0-9a-f]{64}$/)
    expect(filled(1).fingerprint()).toBe(filled(1).fingerprint())
    expect(filled(1).fingerprint()).not.toBe(filled(2).fingerprint())
    expect(filled(1).fingerprint()).not.toBe(filled(1, 'y').fingerprint())
  })

  test('shows bytes that are no text as base64', () => {
    const body = Uint8Array.of(0xff, 0xfe, 0x00)
    expect(journalled({ body })).toContain(`base64:${Buffer.from(body).toString('base64')}`)
  })
})

describe('a credential the simulator knows', () => {
  const basic = Buffer.from(`user:${secret}`).toString('base64')
  const places: [string, Given][] = [
    ['the path, percent-encoded', { url: `${origin}/tokens/${encodeURIComponent(secret)}/hooks` }],
    ['a query field of any name', { url: `${origin}/?x=${encodeURIComponent(secret)}` }],
    ['a query field, form-encoded', { url: `${origin}/?${new URLSearchParams({ x: secret })}` }],
    ['a header of any name', { headers: { 'x-odd': `v ${secret}` } }],
    ['one of several headers', { headers: { 'x-odd': ['a', secret] } }],
    ['a header, in Base64 with a name', { headers: { 'x-odd': `Basic ${basic}` } }],
    ['a JSON body', { body: JSON.stringify({ deep: [{ x: secret }] }) }],
    ['a form body', { body: new URLSearchParams({ x: secret }).toString() }],
    ['a text body', { body: `hello ${secret}` }],
    ['a body in Base64', { body: Buffer.from(`abc${secret}xyz`).toString('base64') }],
    ['a body in URL-safe Base64', { body: Buffer.from(`ab${secret}xyz`).toString('base64url') }],
    ['a binary body', { body: Buffer.concat([Uint8Array.of(0xff, 0x00), Buffer.from(secret), Uint8Array.of(0xff)]) }],
  ]
  test.each(places)('is not shown in %s', (_, given) => {
    const seen = revealed(journalled(given))
    expect(seen).toContain('[redacted]')
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), 'nique']) {
      expect(seen).not.toContain(form)
    }
  })

  test('leaves all else as it was', () => {
    expect(journalled({ body: JSON.stringify({ x: secret, item: 'lamp' }) })).toContain('lamp')
    expect(journalled({ url: `${origin}/v1/a?x=${encodeURIComponent(secret)}&limit=5` })).toContain('&limit=5')
  })

  test('is looked for from four characters on: shorter ones stand everywhere by chance', () => {
    expect(journalled({ secrets: ['abc'], body: 'abc' })).toContain('abc')
    expect(journalled({ secrets: ['abcd'], body: 'abcd' })).not.toContain('abcd')
  })

  test('is replaced whole where another one is a part of it', () => {
    const shown = journalled({ secrets: ['token', 'token-longer'], body: 'token-longer token' })
    expect(shown).not.toContain('longer')
    expect(shown).toContain('"[redacted] [redacted]"')
  })

  test('is replaced in notes', () => {
    const book = new JournalBook(createRedactor(() => [secret]))
    book.note('log', `logged ${secret}`, 0, undefined)
    expect(book.notes()[0]?.text).toBe('logged [redacted]')
  })

  test('may come to be known after the call was made', () => {
    const secrets: string[] = []
    const book = new JournalBook(createRedactor(() => secrets))
    book.openExchange('acme', 'read', callOf(`${origin}/`, { body: 'fresh-token' }), 0)
    expect(JSON.stringify(book.records())).toContain('fresh-token')
    secrets.push('fresh-token')
    expect(JSON.stringify(book.records())).not.toContain('fresh-token')
  })
})

describe('a credential nobody knows', () => {
  const multipart = [
    '--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nhunter22\r\n',
    '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nlamp\r\n--b--\r\n',
  ].join('')
  const places: [string, Given][] = [
    ['authorization', { headers: { authorization: 'Bearer hunter22' } }],
    ['proxy-authorization', { headers: { 'proxy-authorization': 'Basic hunter22' } }],
    ['cookie', { headers: { cookie: 'sid=hunter22' } }],
    ['set-cookie', { headers: { 'set-cookie': ['sid=hunter22', 'x=hunter22'] } }],
    ['x-api-key', { headers: { 'x-api-key': 'hunter22' } }],
    ['x-shopify-access-token', { headers: { 'x-shopify-access-token': 'hunter22' } }],
    ['x-amz-security-token', { headers: { 'x-amz-security-token': 'hunter22' } }],
    ['a URL in a header', { headers: { location: `${origin}/?a=1&access_token=hunter22&b=2` } }],
    ['a query', { url: `${origin}/1/cards?key=hunter22&token=hunter22&idList=5` }],
    ['a query in another case', { url: `${origin}/?Api_Key=hunter22` }],
    ['a form body', { body: 'grant_type=refresh_token&refresh_token=hunter22&client_secret=hunter22' }],
    ['a JSON body', { body: '{"item":"lamp","client_secret" : "hunter22","nested":{"accessToken":"hunter22"}}' }],
    ['a JSON body with quotes in it', { body: '{"password":"hun\\"ter22"}' }],
    ['a multipart body', { body: multipart }],
    ['a multipart body with a binary part', { body: Buffer.concat([Buffer.from(multipart), Uint8Array.of(255, 0)]) }],
  ]
  test.each(places)('is known by the name of its field: %s', (_, given) => {
    const seen = revealed(journalled({ secrets: [], ...given }))
    expect(seen).not.toContain('ter22')
    expect(seen).toContain('[redacted]')
  })

  test('takes nothing else with it', () => {
    const shown = journalled({ secrets: [], url: `${origin}/?key=hunter22&idList=5&keyword=b` })
    expect(shown).toContain('?key=[redacted]&idList=5&keyword=b')
    expect(journalled({ secrets: [], body: '{"token":"hunter22","item":"lamp"}' })).toContain(
      '{\\"token\\":\\"[redacted]\\",\\"item\\":\\"lamp\\"}',
    )
    expect(journalled({ secrets: [], body: multipart })).toContain('lamp')
    expect(journalled({ secrets: [], body: '{"tokens":5,"token":7,"monkey":"b"}' })).toContain('monkey\\":\\"b')
  })
})
