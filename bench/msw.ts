import type { Contestant } from './rounds.ts'

/** What most tests of today answer their calls with. */
export function msw(count: number): Contestant {
  return {
    name: 'msw-fetch',
    what: 'a card moved in a map behind an MSW handler, `fetch`',
    unit: 'exchanges',
    count,
    exchanges: 1,
    lap: async () => {
      // Only where it runs: loading MSW changes parts of Node.
      const { movedBehindMsw } = await import('./msw-server.ts')
      await movedBehindMsw(count)
      return { virtualMs: 0 }
    },
  }
}
