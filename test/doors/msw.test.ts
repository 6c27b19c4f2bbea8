import http from 'node:http'
import axios from 'axios'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openLive } from '../../src/doors/live.ts'
import { handlersOf } from '../../src/doors/msw.ts'
import {
  connectionRefused,
  connectionReset,
  hang,
  serverError,
  slowBody,
  truncatedBody,
} from '../../src/faults/faults.ts'
import { modulesLoadedBy } from '../tidy/module-graph.ts'
import { everyByte, parrot } from './parrot.ts'

const live = openLive({ simulators: { parrot: parrot() } })
const server = setupServer(...handlersOf(live))
const origin = 'https://parrot.example'

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => live.reset())
afterAll(() => {
  server.close()
  live.close()
})

describe('handlers of a simulator in a set-up of MSW', () => {
  test('answer fetch and node:http clients from one state', async () => {
    expect((await fetch(`${origin}/words`, { method: 'POST' })).status).toBe(201)
    const { data } = await axios.get<{ words: readonly string[] }>(`${origin}/words`)
    expect(data.words).toEqual(['hello', 'word 1'])
    expect(live.simulators.parrot.state.words).toEqual(['hello', 'word 1'])
  })

  test('carry paths, queries, fields and bodies unharmed', async () => {
    const body = everyByte as Uint8Array<ArrayBuffer>
    const headers = { 'x-own': 'value', 'content-type': 'application/octet-stream' }
    const response = await fetch(`${origin}/a%20b/%C3%A4?a=1&a=2&b=`, { method: 'PUT', headers, body })
    const heard = (await response.json()) as { path: string; query: string; headers: object; bodyBase64: string }
    expect(heard).toMatchObject({ method: 'PUT', path: '/a%20b/%C3%A4', query: 'a=1&a=2&b=' })
    expect(heard.headers).toMatchObject({ 'x-own': 'value' })
    expect(Buffer.from(heard.bodyBase64, 'base64')).toEqual(Buffer.from(everyByte))
    expect(Buffer.from(await (await fetch(`${origin}/bytes`)).arrayBuffer())).toEqual(Buffer.from(everyByte))
  })

  test('carry cookies, replies without a body, and statuses', async () => {
    expect((await fetch(`${origin}/cookies`)).headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2, 3'])
    expect((await fetch(`${origin}/words`, { method: 'DELETE' })).status).toBe(204)
    expect((await fetch(`${origin}/unchanged`)).status).toBe(304)
    expect((await fetch(`${origin}/teapot`)).status).toBe(418)
    expect((await fetch(`${origin}/words`, { method: 'HEAD' })).headers.get('x-words')).toBe('1')
  })

  test('show a refusal in the provider’s own form, as often as was asked', async () => {
    live.inject('parrot', 'say', serverError({ times: 1 }))
    const statuses = [await fetch(`${origin}/words`), await fetch(`${origin}/words`)].map(({ status }) => status)
    expect(statuses).toEqual([503, 200])
  })

  test.for([connectionRefused(), connectionReset()])('show %o as a call that fails', async (fault) => {
    live.inject('parrot', 'say', fault)
    await expect(fetch(`${origin}/words`)).rejects.toThrow(TypeError)
    const error = await axios.get(`${origin}/words`).catch((thrown: unknown) => thrown)
    expect(axios.isAxiosError(error) && error.response).toBeUndefined()
  })

  test('break a body off where it was truncated', async () => {
    live.inject('parrot', 'say', truncatedBody())
    const response = await fetch(`${origin}/words`)
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
  })

  test('let a body drip, whole', async () => {
    live.inject('parrot', 'say', slowBody({ chunks: 3, intervalMs: 5 }))
    const { body } = await fetch(`${origin}/words`)
    const pieces: Uint8Array[] = []
    for await (const piece of body ?? []) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(1)
    expect(JSON.parse(String(Buffer.concat(pieces)))).toMatchObject({ words: ['hello'] })
  })

  test('let a hung call hang until its client gives up, and the journal says so', async () => {
    live.inject('parrot', 'say', hang())
    const controller = new AbortController()
    const asked = fetch(`${origin}/words`, { signal: controller.signal })
    await expect.poll(() => live.journal.exchanges().at(-1)?.outcome).toBe('pending')
    controller.abort()
    await expect(asked).rejects.toThrow('aborted')
    await expect.poll(() => live.journal.exchanges().at(-1)?.outcome).toBe('aborted')
  })

  test('leave other origins to other handlers', async () => {
    await expect(fetch('https://elsewhere.example/')).rejects.toThrow()
    await expect(fetch(`${origin}.evil.example/words`)).rejects.toThrow()
  })
})

describe('handlers of a simulator alone', () => {
  test('answer as well', async () => {
    const alone = setupServer(...handlersOf(parrot()))
    server.close()
    alone.listen()
    const status = await new Promise((resolve) => {
      http.get('http://parrot.example/words', (response) => resolve(response.resume().statusCode))
    })
    alone.close()
    server.listen({ onUnhandledFrame: 'error' })
    expect(status).toBe(200)
  })
})

describe('the package without MSW', () => {
  test.for(['stuntdouble', 'stuntdouble/live'])('%s loads none of it', (door) => {
    const loaded = modulesLoadedBy(door)
    expect(loaded.some((url) => url.includes('/src/doors/sockets/'))).toBe(true)
    expect(loaded.filter((url) => /\/node_modules\/(?:msw|@mswjs)\//.test(url))).toEqual([])
  })
})
