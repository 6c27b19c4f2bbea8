import type { Contestant, LapResult } from './rounds.ts'
import type { StandIn } from './stand-ins/stand-in.ts'
import type { Client } from './trello-world.ts'
import { byFetch, credentials, moved, origin, read, trelloWorld } from './trello-world.ts'

/** What people answer calls with inside of a test, by name; loaded only where it runs, for some change parts of Node. */
const standIns: Readonly<Record<string, { readonly what: string; start(): Promise<StandIn> }>> = {
  intercept: {
    what: 'a live Trello behind `intercept`',
    start: async () => (await import('./stand-ins/live.ts')).startLive(),
  },
  msw: { what: 'MSW 3, a handler over a map', start: async () => (await import('./stand-ins/msw.ts')).startMsw() },
  nock: {
    what: 'nock 15, an interceptor over a map',
    start: async () => (await import('./stand-ins/nock.ts')).startNock(),
  },
  mockagent: {
    what: 'undici’s `MockAgent`, an interceptor over a map',
    start: async () => (await import('./stand-ins/mock-agent.ts')).startMockAgent(),
  },
}

/** Contestants that have to be installed first. */
export const inProcessPeers: ReadonlySet<string> = new Set(['mocks-nock-get', 'mocks-nock-put'])

/** The same read and the same move by Node's own `fetch`, answered within the process. */
export function inProcess(count: number): readonly Contestant[] {
  const common = { unit: 'exchanges', exchanges: 1 }
  const world = (exchange: typeof moved) => async (): Promise<LapResult> => {
    const made = trelloWorld(1, 'out of reach')
    await exchange(made, byFetch, count)
    return { virtualMs: made.elapsedMs() }
  }
  const against = (verb: string) => [
    { name: `mocks-msw-${verb}` },
    { name: `mocks-nock-${verb}` },
    { name: `mocks-mockagent-${verb}` },
  ]
  const own = (name: string, verb: string, lap: Contestant['lap'], what: string): Contestant => ({
    ...{
      ...common,
      name: `mocks-${name}-${verb}`,
      count,
      what: `${what}: ${words[verb]}`,
      lap,
      against: against(verb),
    },
  })
  const verbs = ['get', 'put'] as const
  return verbs.flatMap((verb): Contestant[] => [
    own('world', verb, world(verb === 'put' ? moved : read), 'a world'),
    ...Object.entries(standIns).map(([name, { what, start }]): Contestant => {
      if (name === 'intercept') return own(name, verb, lapOn(start, verb, count), what)
      const few = Math.ceil(count / 4)
      return {
        ...{ ...common, name: `mocks-${name}-${verb}`, count: few, what: `${what}: ${words[verb]}` },
        lap: lapOn(start, verb, few),
      }
    }),
  ])
}

const words: Readonly<Record<string, string>> = { get: 'a card read', put: 'a card moved' }

function lapOn(start: () => Promise<StandIn>, verb: 'get' | 'put', count: number): () => Promise<LapResult> {
  let started: Promise<StandIn> | undefined
  return async () => {
    started ??= start()
    const standIn = await started
    for (let made = 0; made < count; made++) await exchange(standIn, verb, made, byFetch)
    return { virtualMs: 0 }
  }
}

async function exchange(
  { cards, lists, listOf }: StandIn,
  verb: 'get' | 'put',
  nth: number,
  client: Client,
): Promise<void> {
  const id = cards[nth % cards.length] as string
  const [home, away] = lists
  const idList = verb === 'get' ? listOf(id) : listOf(id) === home ? away : home
  const query = verb === 'get' ? credentials : `idList=${idList}&${credentials}`
  const { status, card } = await client(verb === 'get' ? 'GET' : 'PUT', `${origin}/1/cards/${id}?${query}`)
  if (status !== 200 || card.idList !== idList || listOf(id) !== idList) {
    throw new TypeError(`${verb} ${id} was answered ${status} ${JSON.stringify(card)}.`)
  }
}
