import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyBody } from '../../src/http/exchange.ts'
import {
  appendHeader,
  bytesOf,
  callOf,
  fieldsOf,
  headerOf,
  jsonReply,
  lowerCased,
  textOf,
  textReply,
} from '../../src/http/messages.ts'

const awkwardNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '']

describe('a call from a URL', () => {
  test('is a GET without headers and body unless said otherwise', () => {
    expect(callOf('https://api.acme.example/v1/codes')).toEqual({
      method: 'GET',
      origin: 'https://api.acme.example',
      path: '/v1/codes',
      query: '',
      headers: {},
      body: emptyBody,
    })
  })

  test.each([
    ['https://api.acme.example', '/', ''],
    ['https://api.acme.example?a=1', '/', 'a=1'],
    ['https://api.acme.example?next=/v1/codes', '/', 'next=/v1/codes'],
    ['https://api.acme.example#/v1', '/', ''],
    ['https://api.acme.example/v1?a=1#b?c=2', '/v1', 'a=1'],
    ['https://api.acme.example/v1??a=1', '/v1', '?a=1'],
    ['https://api.acme.example/v1?', '/v1', ''],
    ['https://api.acme.example/a%2Fb/%C3%A9+c?q=%20+%26', '/a%2Fb/%C3%A9+c', 'q=%20+%26'],
    ['https://api.acme.example//v1//', '//v1//', ''],
    ['https://user:secret@api.acme.example:8443/v1', '/v1', ''],
  ])('of %s keeps path and query as they were written', (url, path, query) => {
    const call = callOf(url)
    expect([call.path, call.query]).toEqual([path, query])
  })

  test('has an origin without credentials and without a default port', () => {
    expect(callOf('https://user:secret@API.acme.example:443/v1').origin).toBe('https://api.acme.example')
    expect(callOf('http://localhost:8080/v1').origin).toBe('http://localhost:8080')
  })

  test('has its method in upper case and its headers in lower case', () => {
    const call = callOf('https://api.acme.example/', { method: 'patch', headers: { 'X-One': '1' } })
    expect(call.method).toBe('PATCH')
    expect(call.headers).toEqual({ 'x-one': '1' })
  })

  test.each(['/v1/codes', 'api.acme.example/v1', '', 'https:api.acme.example/v1'])('refuses %j', (url) => {
    expect(() => callOf(url)).toThrow(TypeError)
  })

  test('carries any bytes unharmed, and text as UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (body) => {
        expect(callOf('https://api.acme.example/', { method: 'POST', body }).body).toEqual(body)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(textOf(callOf('https://api.acme.example/', { method: 'POST', body: text }).body)).toBe(text)
      }),
    )
  })

  test('carries any encoded query to the fields it was made from', () => {
    const names = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...awkwardNames, '?', '&', '=', '#', '+'))
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string({ unit: 'grapheme' })), { minLength: 1 }), (pairs) => {
        const call = callOf(`https://api.acme.example/v1?${new URLSearchParams(pairs)}`)
        const back = Object.entries(fieldsOf(call.query)).flatMap(([name, value]) =>
          [value].flat().map((one) => [name, one]),
        )
        const byName = (left: string[], right: string[]): number => (String(left[0]) < String(right[0]) ? -1 : 1)
        const grouped = [...Map.groupBy(pairs, ([name]) => name).values()].flat()
        expect(back.toSorted(byName)).toEqual(grouped.toSorted(byName))
      }),
    )
  })
})

describe('fields', () => {
  test('hold a name once as a string, and several times as an array in order', () => {
    expect(fieldsOf('a=1&b=2&a=3&a=')).toEqual({ a: ['1', '3', ''], b: '2' })
  })

  test('decode plus and percent, and leave what does not decode', () => {
    expect(fieldsOf('a+b=c%20d&e=%zz&f=%C3%A9')).toEqual({ 'a b': 'c d', e: '%zz', f: 'é' })
  })

  test('keep a leading question mark as part of the name', () => {
    expect(fieldsOf('?a=1')).toEqual({ '?a': '1' })
  })

  test.each(awkwardNames)('named %j are fields like any other', (name) => {
    const fields = fieldsOf(`${name}=1&${name}=2`)
    expect(Object.entries(fields)).toEqual([[name, ['1', '2']]])
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype)
  })

  test('of nothing are none', () => {
    expect(fieldsOf('')).toEqual({})
  })
})

describe('headers', () => {
  test('that differ in case only are joined in order', () => {
    expect(lowerCased({ 'Set-Cookie': ['a=1', 'b=2'], 'set-cookie': 'c=3', Accept: '*/*' })).toEqual({
      'set-cookie': ['a=1', 'b=2', 'c=3'],
      accept: '*/*',
    })
  })

  test.each(awkwardNames)('named %j are headers like any other', (name) => {
    const headers: Record<string, string | readonly string[]> = {}
    appendHeader(headers, name, 'one')
    expect(Object.entries(headers)).toEqual([[name, 'one']])
    appendHeader(headers, name, ['two', 'three'])
    expect(Object.entries(headers)).toEqual([[name, ['one', 'two', 'three']]])
  })

  test('give the first value of several', () => {
    const message = { headers: { 'set-cookie': ['a=1', 'b=2'], accept: '*/*', nothing: [] } }
    expect(headerOf(message, 'set-cookie')).toBe('a=1')
    expect(headerOf(message, 'accept')).toBe('*/*')
    expect(headerOf(message, 'nothing')).toBeUndefined()
    expect(headerOf(message, 'absent')).toBeUndefined()
  })
})

describe('bodies', () => {
  test('that are no UTF-8 read as replacement characters, and a byte order mark is kept', () => {
    expect(textOf(Uint8Array.of(0x61, 0xff))).toBe('a\uFFFD')
    expect(textOf(bytesOf('\uFEFFa'))).toBe('\uFEFFa')
  })

  test('of nothing are empty', () => {
    expect(bytesOf(undefined)).toHaveLength(0)
  })
})

describe('replies', () => {
  test('say of which type their body is, unless they say otherwise', () => {
    expect(jsonReply(201, { id: 'é' })).toEqual({
      status: 201,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: Buffer.from('{"id":"é"}'),
    })
    expect(textReply(400, 'no').headers).toEqual({ 'content-type': 'text/plain; charset=utf-8' })
    expect(jsonReply(200, {}, { 'content-type': 'application/vnd.acme+json', 'x-one': '1' }).headers).toEqual({
      'content-type': 'application/vnd.acme+json',
      'x-one': '1',
    })
  })
})
