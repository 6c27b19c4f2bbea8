import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LiveJournal } from '../../src/doors/live-types.ts'
import { type Controlled, openControlled } from './controlled.ts'

interface Event {
  readonly id: string
  readonly event: string
  readonly record: { readonly n: number; readonly kind: string; readonly operation?: string; readonly outcome?: string }
}

/** A reader of the stream of records. */
class Reader {
  readonly #response: http.IncomingMessage
  #text = ''

  constructor(response: http.IncomingMessage) {
    this.#response = response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      this.#text += chunk
    })
  }

  static async open(query = '', headers = {}, at = controlled.server.main.url): Promise<Reader> {
    const request = http.get(`${at}/__stuntdouble/journal/events${query}`, { headers, agent: false })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    const reader = new Reader(response)
    // What says that the stream stands comes before any record.
    while (!reader.#text.includes('retry:')) await once(response, 'data')
    return reader
  }

  get type(): string | undefined {
    return this.#response.headers['content-type']
  }

  get events(): readonly Event[] {
    return [...this.#text.matchAll(/^id: (.*)\nevent: (.*)\ndata: (.*)\n\n/gm)].map(
      ([, id = '', event = '', data = '']) => ({
        ...{ id, event, record: JSON.parse(data) },
      }),
    )
  }

  async wait(count: number): Promise<readonly Event[]> {
    while (this.events.length < count) await once(this.#response, 'data')
    return this.events
  }

  async end(): Promise<void> {
    if (!this.#response.closed) await once(this.#response, 'close')
  }

  leave(): void {
    this.#response.destroy()
  }
}

const boards = '/1/members/me/boards'
const operations = (events: readonly Event[]): unknown[] => events.map(({ record }) => record.operation)

let controlled: Controlled

beforeEach(async () => {
  controlled = await openControlled()
})
afterEach(() => controlled.close())

test('a reader gets each record once it is complete, and none from before', async () => {
  await controlled.call('GET', boards)
  const reader = await Reader.open()
  expect(reader.type).toBe('text/event-stream; charset=utf-8')
  await controlled.call('GET', '/1/boards/none')
  await controlled.call('GET', boards)
  const events = await reader.wait(2)
  expect(operations(events)).toEqual(['boards.get', 'members.boards'])
  const { records } = (await controlled.ask('GET', '/journal?since=1')).json
  expect(events.map(({ record }) => record)).toEqual(records)
  expect(events.map(({ event }) => event)).toEqual(['exchange', 'exchange'])
  reader.leave()
})

test('with "since", those that are there already come first; a filter holds for all', async () => {
  await controlled.call('GET', boards)
  await controlled.call('GET', '/1/boards/none')
  const reader = await Reader.open('?since=0&status=4xx')
  await controlled.call('GET', boards)
  await controlled.call('GET', '/1/cards/none')
  expect(operations(await reader.wait(2))).toEqual(['boards.get', 'cards.get'])
  reader.leave()
})

test('a filter that can match nothing is refused, and no stream begins', async () => {
  expect(await controlled.ask('GET', '/journal/events?operation=cards.gte')).toMatchObject({ status: 400 })
})

test('a reader that comes back misses none, not even what ended after a later call', async () => {
  const { server } = controlled
  server.world.injectPlan({
    faults: [{ fault: 'latency', ms: 1_000, on: { provider: 'trello', operation: 'members.boards' } }],
  })
  server.world.clock.freeze()
  const reader = await Reader.open()
  const slow = controlled.call('GET', boards)
  const follow = new Promise<void>((resolve) => {
    // The slow call has reached the journal once a quick one that came later has been answered.
    const stop = server.world.journal.follow(() => {
      stop()
      resolve()
    })
  })
  await controlled.call('GET', '/1/boards/none')
  await follow
  const [quick] = await reader.wait(1)
  expect(quick?.record.operation).toBe('boards.get')
  reader.leave()
  await server.world.clock.advance(1_000)
  await slow
  const back = await Reader.open('', { 'last-event-id': quick?.id })
  expect(operations(await back.wait(1))).toEqual(['members.boards'])
  back.leave()
})

test('a stream ends with its world, and with the API', async () => {
  const { json } = await controlled.ask('POST', '/worlds')
  const ofWorld = await Reader.open('', {}, json.url)
  await controlled.ask('DELETE', `/worlds/${json.id}`)
  await ofWorld.end()
  const ofServer = await Reader.open()
  controlled.control.close()
  await ofServer.end()
})

/** Settles once whoever follows the journal from now on has stopped. */
function forgottenBy(world: object): Promise<void> {
  const { journal } = world as { journal: { follow: LiveJournal['follow'] } }
  const { promise, resolve } = Promise.withResolvers<void>()
  const follow = journal.follow.bind(journal)
  journal.follow = (listener) => {
    const stop = follow(listener)
    return () => {
      stop()
      resolve()
    }
  }
  return promise
}

test('a reader that leaves is forgotten', async () => {
  const forgotten = forgottenBy(controlled.server.world)
  const reader = await Reader.open()
  reader.leave()
  await forgotten
})

test('a reader that reads nothing is cut off before much waits for it', async () => {
  const { server } = controlled
  const forgotten = forgottenBy(server.world)
  const silent = net.connect(server.port, server.host).on('error', () => undefined)
  await once(silent, 'connect')
  silent.write('GET /__stuntdouble/journal/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await once(silent, 'readable')
  const body = JSON.stringify({ desc: 'long '.repeat(500_000) })
  for (let calls = 0; calls < 12; calls++)
    await fetch(`${server.main.urls['trello']}/1/boards`, { method: 'POST', body })
  await forgotten
  silent.destroy()
})
