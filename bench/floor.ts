import assert from 'node:assert/strict'
import { Dispatcher, Dispatcher1Wrapper, request } from 'undici'
import type { Contestant, LapResult } from './rounds.ts'

const body = Buffer.from('{"id":"none"}')
const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
const rawHeaders = Object.entries(headers).flatMap(([name, value]) => [Buffer.from(name), Buffer.from(value)])

/** Answers every call with the same few bytes, one turn of the event loop later: what undici itself costs. */
class EmptyDispatcher extends Dispatcher {
  override dispatch(_: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const controller: Dispatcher.DispatchController = {
      aborted: false,
      paused: false,
      reason: null,
      rawHeaders,
      rawTrailers: [],
      abort: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    }
    handler.onRequestStart?.(controller, {})
    setImmediate(() => {
      handler.onResponseStart?.(controller, 200, headers, 'OK')
      handler.onResponseData?.(controller, body)
      handler.onResponseEnd?.(controller, {})
    })
    return true
  }
}

const dispatcher = new EmptyDispatcher()
/** Node's own fetch carries an older undici. */
const legacyDispatcher = new Dispatcher1Wrapper(dispatcher)
const url = 'https://api.trello.com/1/cards/none'

/** The floors: a client over nothing at all. */
export function floors(count: number): readonly Contestant[] {
  const common = { unit: 'exchanges', count, exchanges: 1 }
  return [
    {
      ...common,
      name: 'floor-undici',
      what: '`undici.request` over an empty in-memory dispatcher',
      lap: () => repeated(count, exchangeByUndici),
    },
    {
      ...common,
      name: 'floor-fetch',
      what: 'Node’s own `fetch` over the same',
      lap: () => repeated(count, exchangeByFetch),
    },
  ]
}

async function repeated(count: number, exchange: () => Promise<void>): Promise<LapResult> {
  for (let made = 0; made < count; made++) await exchange()
  return { virtualMs: 0 }
}

async function exchangeByUndici(): Promise<void> {
  const { statusCode, body: answer } = await request(url, { method: 'PUT', dispatcher })
  assert.equal(statusCode, 200)
  assert.deepEqual(await answer.json(), { id: 'none' })
}

async function exchangeByFetch(): Promise<void> {
  const init = { method: 'PUT', dispatcher: legacyDispatcher } as unknown as RequestInit
  const response = await fetch(url, init)
  assert.equal(response.status, 200)
  assert.deepEqual(await response.json(), { id: 'none' })
}
