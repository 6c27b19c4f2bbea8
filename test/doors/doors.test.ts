import { Agent, interceptors, request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serverError } from '../../src/faults/faults.ts'
import { clientKinds } from './clients.ts'
import { type Exchanged, exchanged, exchanges } from './exchanges.ts'
import { openReality, type Reality } from './reality.ts'
import { met, showsFaults } from './shows-faults.ts'
import { ways } from './ways.ts'
import { aborting, showing, shown, wireFaults } from './wire-faults.ts'

let reality: Reality

beforeAll(async () => {
  reality = await openReality()
})
afterAll(() => reality.close())

const longPatience = { connectMs: 5_000, headersMs: 5_000, bodyMs: 5_000 }
const shortPatience = { connectMs: 150, headersMs: 150, bodyMs: 150 }

describe.concurrent.each(clientKinds)('on real sockets, $name', (kind) => {
  test.for(wireFaults)('shows %s as the table says', async (fault, { expect }) => {
    const url = reality.faulty(fault)
    const client = kind.open(new URL(url).origin.replace('parrot.invalid', '127.0.0.1'), shortPatience)
    const { origin } = new URL(url)
    const opened = kind.name.startsWith('an undici') ? kind.open(origin, shortPatience) : client
    const seen = await met(() => opened.ask(url))
    expect(seen).toEqual(showing[kind.family](fault, new URL(url), shortPatience))
    await Promise.all([client.close(), opened.close()])
  })

  test.for(['before', 'head', 'body'] as const)('shows an abort as the table says: %s', async (when, { expect }) => {
    const controller = new AbortController()
    const stop = (): void => controller.abort(new RangeError('mine'))
    if (when === 'before') stop()
    const url = reality.faulty(when === 'body' ? 'body-hung' : 'hung')
    const client = kind.open(new URL(url).origin, longPatience)
    const seen = await met(async () => {
      const asked = client.ask(url, { signal: controller.signal })
      if (when === 'head') setImmediate(stop)
      const answered = await asked
      stop()
      return answered
    })
    expect(seen).toEqual(aborting[kind.family](when === 'body' ? 'body' : 'head'))
    await client.close()
  })
})

describe.each(ways)('$name', (way) => {
  test.for(exchanges.filter(({ redirects }) => way.kind.followsRedirects || !redirects))(
    'carries $name as real sockets do',
    async ({ path, asked }) => {
      const client = way.kind.open(reality.origin, longPatience)
      const inReality: Exchanged = await exchanged(
        (rest, what) => client.ask(`${reality.origin}${rest}`, what),
        path,
        asked(),
      )
      const behindTheDoor = await way.play(({ ask }) => exchanged(ask, path, asked()))
      expect(behindTheDoor).toEqual(inReality)
      await client.close()
    },
  )

  showsFaults(way)
})

describe('an interceptor of undici', () => {
  const summary = (error: unknown): object => ({ ...shown(error), members: Reflect.get(error as object, 'code') })

  test('that throws in the midst of a reply is told of it, as on real sockets', async () => {
    const way = ways.find(({ name }) => name === 'undici.request through an Agent')
    const refusing = new Agent().compose(interceptors.responseError())
    const inReality = await request(`${reality.origin}/teapot`, { dispatcher: refusing }).catch(summary)
    await refusing.close()
    const inWorld = await way?.play(({ origin }) =>
      request(`${origin}/teapot`, { dispatcher: new Agent().compose(interceptors.responseError()) }).catch(summary),
    )
    expect(inWorld).toEqual(inReality)
  })

  test('retries what a fault struck, in virtual time', async () => {
    const [way] = ways
    const statuses = await way?.play(async ({ origin, inject, elapsedMs }) => {
      inject('say', serverError({ times: 2 }))
      const dispatcher = new Agent().compose(interceptors.retry({ minTimeout: 60_000 }))
      const { statusCode } = await request(`${origin}/words`, { dispatcher })
      return { statusCode, minutes: Math.floor(elapsedMs() / 60_000) }
    })
    expect(statuses).toEqual({ statusCode: 200, minutes: 1 })
  })

  test('that gives up tells why, as on real sockets', async () => {
    const [way] = ways
    const seen = await way?.play(({ origin, inject }) => {
      inject('say', serverError())
      const dispatcher = new Agent().compose(interceptors.retry({ maxRetries: 0 }))
      return request(`${origin}/words`, { dispatcher }).catch(shown)
    })
    expect(seen).toMatchObject({ message: 'Request failed', members: { code: 'UND_ERR_REQ_RETRY', statusCode: 503 } })
  })
})
