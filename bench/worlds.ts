import type { Contestant, LapResult } from './rounds.ts'
import { byFetch, byUndici, type Client, moved, read, type TrelloWorld, trelloWorld } from './trello-world.ts'

type Work = (world: TrelloWorld, client: Client, count: number) => Promise<void>

/** Exchanges of one long run each, against the full Trello simulator. */
export function exchanges(count: number): readonly Contestant[] {
  const common = { unit: 'exchanges', count, exchanges: 1 }
  const lap = (work: Work, client: Client) => async (): Promise<LapResult> => {
    const world = trelloWorld(1, 'out of reach')
    await work(world, client, count)
    return { virtualMs: world.elapsedMs() }
  }
  return [
    {
      ...common,
      name: 'world-undici',
      what: 'a card moved in a world, `undici.request`',
      against: [{ name: 'floor-undici' }, { name: 'msw-fetch', target: 40 }],
      target: 40_000,
      lap: lap(moved, byUndici),
    },
    {
      ...common,
      name: 'world-undici-read',
      what: 'a card read in a world, `undici.request`',
      against: [{ name: 'floor-undici' }],
      lap: lap(read, byUndici),
    },
    {
      ...common,
      name: 'world-fetch',
      what: 'a card moved in a world, `fetch`',
      against: [{ name: 'floor-fetch' }, { name: 'msw-fetch', target: 40 }],
      target: 25_000,
      lap: lap(moved, byFetch),
    },
  ]
}

const exchangesPerRun = 25

/** Whole runs: a new world each, with limits as Trello documents them, that moves cards and is given back. */
export function runs(count: number): readonly Contestant[] {
  const lap = (client: Client) => async (): Promise<LapResult> => {
    let virtualMs = 0
    for (let seed = 1; seed <= count; seed++) {
      const world = trelloWorld(seed, 'documented')
      await moved(world, client, exchangesPerRun)
      virtualMs += world.elapsedMs()
    }
    return { virtualMs }
  }
  const common = { unit: 'runs', count, exchanges: exchangesPerRun }
  const what = `whole runs of ${exchangesPerRun} moves`
  return [
    {
      ...common,
      name: 'runs-undici',
      what: `${what}, \`undici.request\``,
      against: [{ name: 'floor-undici' }],
      target: 1_500,
      lap: lap(byUndici),
    },
    {
      ...common,
      name: 'runs-fetch',
      what: `${what}, \`fetch\``,
      against: [{ name: 'floor-fetch' }],
      lap: lap(byFetch),
    },
  ]
}
