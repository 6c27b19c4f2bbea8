import { describe, expect, test } from 'vitest'
import type { Receiver } from '../../src/doors/network-parts.ts'
import type { DeliveryFault } from '../../src/faults/fault.ts'
import { burst, delayed, duplicated, lost, reordered, replayedLate, tampered } from '../../src/faults/faults.ts'
import { createWorld } from '../../src/world/world.ts'
import { newsroom, reader, type Told, toldBy } from './newsroom.ts'

const legMs = 10
const done = (): Response => new Response(null, { status: 200 })

interface Heard {
  readonly told: readonly Told[]
  readonly tries: readonly string[]
  readonly journal: readonly string[]
  readonly notes: readonly string[]
}

/** Subscribes, publishes `news` items a minute apart, and lets all that comes of it happen. */
async function heard(news: number, faults: readonly DeliveryFault[], answer: Receiver = done): Promise<Heard> {
  const told: Told[] = []
  const receive: Receiver = async (request) => {
    if (request.method === 'HEAD') return done()
    told.push(await toldBy(request.clone(), world.elapsedMs()))
    return answer(request)
  }
  const world = createWorld({
    simulators: { newsroom: newsroom() },
    receivers: { [reader]: receive },
    latency: { minMs: legMs, maxMs: legMs },
  })
  for (const fault of faults) world.inject('newsroom', { topic: 'news.published' }, { times: 1, ...fault })
  await world.run(async () => {
    await post('/readers', { url: `${reader}/hook` })
    for (let number = 1; number <= news; number++) {
      await post('/news', {})
      await world.settle(300_000)
    }
    await world.settle(10_000_000)
  })
  const journal = world.journal
    .deliveries()
    .map(({ topic, nth, attempt, outcome, status, injected, duplicateOf }) =>
      [topic, nth, attempt, outcome, status, ...injected.map(({ fault }) => fault), duplicateOf && 'copy']
        .join(' ')
        .trim(),
    )
  return { told, tries: world.newsroom.state.tries, journal, notes: world.journal.notes().map(({ text }) => text) }
}

function post(path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`https://newsroom.example${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}

/** Number and arrival of each, from the first on. */
function arrivals({ told }: Heard): readonly (readonly [number, number])[] {
  const [first] = told
  return told.map(({ number, atMs }) => [number, atMs - (first?.atMs ?? 0)])
}

describe('a delivery', () => {
  test('arrives once, signed over its bytes', async () => {
    const { told, tries, journal } = await heard(1, [])
    expect(told).toEqual([{ atMs: expect.any(Number), number: 1, genuine: true }])
    expect(tries).toEqual(['1: 200, final'])
    expect(journal).toEqual(['handshake 1 1 replied 200', 'news.published 1 1 replied 200'])
  })

  test('arrives twice when duplicated', async () => {
    const result = await heard(1, [duplicated()])
    expect(arrivals(result)).toEqual([
      [1, 0],
      [1, 0],
    ])
    expect(result.journal.slice(1)).toEqual([
      'news.published 1 1 replied 200 duplicated',
      'news.published 1 1 replied 200 copy',
    ])
    expect(result.tries).toEqual(['1: 200, final'])
  })

  test('arrives late when delayed', async () => {
    const [late] = (await heard(1, [delayed({ ms: 3_000 })])).told
    const [punctual] = (await heard(1, [])).told
    expect((late?.atMs ?? 0) - (punctual?.atMs ?? 0)).toBe(3_000)
  })

  test('arrives later than the provider waits when delayed for longer, and is sent again', async () => {
    const result = await heard(1, [delayed({ ms: 60_000 })])
    expect(result.tries).toEqual(['1: timed-out', '2: 200, final'])
    expect(result.told).toHaveLength(2)
  })

  test('arrives after the next one when reordered', async () => {
    const told: Told[] = []
    const world = createWorld({
      simulators: { newsroom: newsroom() },
      receivers: {
        [reader]: async (request) => {
          if (request.method === 'POST') told.push(await toldBy(request, world.elapsedMs()))
          return done()
        },
      },
    })
    world.inject('newsroom', { topic: 'news.published' }, reordered({ times: 1 }))
    await world.run(async () => {
      await post('/readers', { url: reader })
      await post('/news', {})
      await post('/news', {})
      await world.settle()
    })
    expect(told.map(({ number }) => number)).toEqual([2, 1])
  })

  test('arrives in the end when reordered and nothing overtakes it', async () => {
    expect((await heard(1, [reordered()])).told).toContainEqual(expect.objectContaining({ number: 1, genuine: true }))
  })

  test('never arrives when lost, and the provider believes that it did', async () => {
    const { told, tries, journal } = await heard(1, [lost()])
    expect(told).toEqual([])
    expect(tries).toEqual(['1: 200, final'])
    expect(journal[1]).toBe('news.published 1 1 hung  lost')
  })

  test('does not fit its signature when tampered with', async () => {
    expect((await heard(1, [tampered()])).told).toEqual([expect.objectContaining({ genuine: false })])
  })

  test('arrives once more after an hour when replayed late, still genuine', async () => {
    const result = await heard(1, [replayedLate()])
    expect(arrivals(result)).toEqual([
      [1, 0],
      [1, 3_600_000],
    ])
    expect(result.told.every(({ genuine }) => genuine)).toBe(true)
  })

  test('arrives many times at one instant in a burst', async () => {
    expect(arrivals(await heard(1, [burst({ copies: 5 })]))).toEqual(Array.from({ length: 5 }, () => [1, 0]))
  })

  test('can be tampered with and duplicated at once', async () => {
    const { told } = await heard(1, [tampered(), duplicated()])
    expect(told.map(({ genuine }) => genuine)).toEqual([false, false])
  })
})

describe('a receiver', () => {
  test('that throws is answered for with 500, told of in the journal, and sent the delivery again', async () => {
    let calls = 0
    const { tries, told, notes } = await heard(1, [], () => {
      calls++
      if (calls < 3) throw new RangeError('receiver broke')
      return done()
    })
    expect(tries).toEqual(['1: 500', '2: 500', '3: 200, final'])
    expect(told.map(({ number }) => number)).toEqual([1, 1, 1])
    const note = 'The receiver at https://reader.example threw: RangeError: receiver broke'
    expect(notes).toEqual([note, note])
  })

  test('that rejects is the same as one that throws', async () => {
    const { tries } = await heard(1, [], () => Promise.reject(new RangeError('receiver broke')))
    expect(tries).toEqual(['1: 500', '2: 500', '3: 500, final'])
  })

  test('that hangs is given up on, journalled so, and sent the delivery again', async () => {
    const { tries, journal } = await heard(1, [], () => new Promise<never>(() => undefined))
    expect(tries).toEqual(['1: timed-out', '2: timed-out', '3: timed-out, final'])
    expect(journal.slice(1)).toEqual([1, 2, 3].map((nth) => `news.published ${nth} ${nth} timed-out`))
  })

  test('that answers with no success is sent the delivery again after the provider’s waits', async () => {
    const result = await heard(1, [], () => new Response('no', { status: 503 }))
    const roundTripMs = 2 * legMs
    expect(arrivals(result)).toEqual([
      [1, 0],
      [1, 1_000 + roundTripMs],
      [1, 3_000 + 2 * roundTripMs],
    ])
  })

  test('may call the provider back, and be called meanwhile', async () => {
    let calls = 0
    const { told } = await heard(1, [], async () => {
      if (++calls === 1) await post('/news', {})
      return done()
    })
    expect(told.map(({ number }) => number)).toEqual([1, 2])
  })
})

describe('a handshake', () => {
  const subscribing = (receivers: Record<string, Receiver>, url: string): Promise<string> => {
    const world = createWorld({ simulators: { newsroom: newsroom() }, receivers })
    return world.run(async () => {
      const response = await post('/readers', { url })
      return `${response.status} ${await response.text()}`
    })
  }

  test('reaches the receiver of the origin that was named', async () => {
    const seen: string[] = []
    const receive: Receiver = (request) => {
      seen.push(`${request.method} ${request.url}`)
      return done()
    }
    expect(await subscribing({ [reader]: receive }, `${reader}/hook?a=%20b`)).toBe('201 {}')
    expect(seen).toEqual([`HEAD ${reader}/hook?a=%20b`])
  })

  test('tells the provider what the receiver said', async () => {
    const gone: Receiver = () => new Response(null, { status: 410 })
    expect(await subscribing({ [reader]: gone }, reader)).toBe('422 reader said 410')
  })

  test('with a receiver that throws says 500', async () => {
    const throws: Receiver = () => {
      throw new RangeError('receiver broke')
    }
    expect(await subscribing({ [reader]: throws }, reader)).toBe('422 reader said 500')
  })

  test('with an address that nobody serves finds no such host', async () => {
    expect(await subscribing({}, 'https://nobody.example/')).toBe('422 reader said unresolved')
  })
})
