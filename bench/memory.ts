import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { byUndici, moved, trelloWorld } from './trello-world.ts'

/** How much is done for the memory figures. */
export interface MemoryCounts {
  /** Exchanges over all worlds that follow each other. */
  readonly exchanges: number
  /** Exchanges of one of those worlds. */
  readonly exchangesPerWorld: number
  /** Exchanges of the one long world. */
  readonly longWorld: number
}

/** What memory did. Bytes are those in use after a full collection: heap and array buffers. */
export interface MemoryFigures {
  readonly exchanges: number
  /** Bytes after each tenth of them, many worlds one after the other. */
  readonly tenths: readonly number[]
  /** Bytes that each exchange of those left behind, from the second tenth on. */
  readonly bytesPerExchange: number
  /** What one exchange of a long world keeps while that world is there: its journal entry, and Trello's own history. */
  readonly longWorld: {
    readonly exchanges: number
    readonly heapPerExchange: number
    readonly buffersPerExchange: number
  }
}

/** Measures what stays. */
export async function memoryFigures(counts: MemoryCounts): Promise<MemoryFigures> {
  const { exchanges, exchangesPerWorld } = counts
  const tenths: number[] = []
  for (let tenth = 0; tenth < 10; tenth++) {
    for (let made = 0; made < exchanges / 10; made += exchangesPerWorld) {
      await moved(trelloWorld(made + 1, 'out of reach'), byUndici, exchangesPerWorld)
    }
    const { heap, buffers } = bytesInUse()
    tenths.push(heap + buffers)
  }
  const [, second = 0] = tenths
  const grown = (tenths.at(-1) ?? 0) - second
  return {
    exchanges,
    tenths,
    bytesPerExchange: grown / (exchanges * 0.8),
    longWorld: await longWorld(counts.longWorld),
  }
}

async function longWorld(exchanges: number): Promise<MemoryFigures['longWorld']> {
  const world = trelloWorld(1, 'out of reach')
  const before = bytesInUse()
  await moved(world, byUndici, exchanges)
  const after = bytesInUse()
  return {
    exchanges: world.journal.length,
    heapPerExchange: (after.heap - before.heap) / exchanges,
    buffersPerExchange: (after.buffers - before.buffers) / exchanges,
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function bytesInUse(): { readonly heap: number; readonly buffers: number } {
  // The first collection finds what the second can free.
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return { heap: heapUsed, buffers: arrayBuffers }
}
