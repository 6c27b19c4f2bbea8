import { startServer } from '../../src/doors/server/start-server.ts'
import { clientKinds, type Patience } from './clients.ts'
import { parrot } from './parrot.ts'
import type { Way } from './ways.ts'
import type { WireFault } from './wire-faults.ts'

/** One client of each family, over real sockets to a server of the parrot. */
export const serverWays: readonly Way[] = clientKinds
  .filter(({ name }) => ['fetch', 'undici.request', 'node:http', 'axios', 'got', 'ky'].includes(name))
  .map(overSockets)

/** A call that has arrived has its connection already. */
const shownAs: Readonly<Partial<Record<WireFault, WireFault>>> = {
  refused: 'reset',
  unresolved: 'reset',
  unreachable: 'hung',
}

/** A body that is slower than this never comes, as far as the suite is concerned. */
const patience: Patience = { connectMs: 300, headersMs: 300, bodyMs: 300 }

function overSockets(kind: Way['kind']): Way {
  return {
    name: kind.name,
    kind,
    shownAs: (fault) => shownAs[fault] ?? fault,
    play: async (act) => {
      const server = await startServer({ simulators: { parrot: parrot() } })
      const { world } = server
      const client = kind.open(server.origin, patience)
      try {
        return await act({
          origin: server.origin,
          patience,
          words: () => world.simulators.parrot.state.words,
          records: () => world.journal.records(),
          inject: (operation, fault) => world.inject('parrot', operation, fault),
          ask: (path, asked) => client.ask(`${server.origin}${path}`, asked),
          elapsedMs: () => world.clock.now(),
          wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        })
      } finally {
        await client.close()
        await server.close(0)
      }
    },
  }
}
