import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trelloCredentials } from '../../simulators/trello/index.ts'
import { type Spread, spreadOf } from '../rounds.ts'
import { type CardMove, cardMove } from './card.ts'
import { packed } from './packed.ts'
import { bareServer, ownServer, peerServers, type ServerKind } from './server-kinds.ts'
import { type FirstCall, startServerProcess } from './server-process.ts'

/** How long one kind of server takes to start. */
export interface StartFigure {
  readonly name: string
  readonly what: string
  /** Milliseconds from the start of its process to the end of its first answer. */
  readonly ms: Spread
  /** Processor time until then, all threads, in milliseconds. */
  readonly cpuMs: Spread
  /** Milliseconds that the design allows. */
  readonly target: number | undefined
}

/** What came of starts, and what was left out. */
export interface StartFigures {
  readonly starts: readonly StartFigure[]
  readonly skipped: readonly string[]
}

interface Starter {
  readonly kind: ServerKind
  readonly call: FirstCall
  /** Kept from start to start, or new for each. */
  readonly cache: 'kept' | 'new'
  readonly target?: number
}

/**
 * Starts servers in turn, round by round, one at a time; the first round counts for nothing.
 *
 * @param withoutPeers  Why peers are left out, if they are.
 */
export async function startFigures(rounds: number, withoutPeers: string | undefined): Promise<StartFigures> {
  const move = cardMove()
  const { kinds, skipped } = peerServers(move, withoutPeers)
  const lines = [...skipped]
  const own = packed()
  const cache = mkdtempSync(join(tmpdir(), 'stuntdouble-cache-'))
  const times = new Map<Starter, { readonly ms: number; readonly cpuMs: number }[]>()
  for (const starter of startersOf(own.program, kinds, move)) times.set(starter, [])
  try {
    for (let round = -1; round < rounds; round++) {
      for (const [starter, taken] of times) {
        try {
          const took = await started(starter, cache)
          if (round >= 0) taken.push(took)
        } catch (error) {
          if (!kinds.includes(starter.kind)) throw error
          lines.push(`${starter.kind.name} is skipped: ${(error as Error).message}`)
          times.delete(starter)
        }
      }
    }
  } finally {
    own.remove()
    rmSync(cache, { recursive: true, force: true })
  }
  return { starts: [...times].map(([starter, taken]) => figureOf(starter, taken)), skipped: lines }
}

function startersOf(program: string, peers: readonly ServerKind[], move: CardMove): readonly Starter[] {
  const { key, token } = trelloCredentials
  const own = ownServer(program)
  const boards = { method: 'GET', target: `${own.base}/1/members/me/boards?key=${key}&token=${token}` }
  const put = { method: 'PUT', target: `${move.path}?${move.query}` }
  const first = { ...own, name: `${own.name}-first`, what: `${own.what}, the first time after its installation` }
  return [
    { kind: bareServer(move), call: put, cache: 'kept' },
    { kind: own, call: boards, cache: 'kept', target: 300 },
    { kind: first, call: boards, cache: 'new' },
    ...peers.map((kind) => ({ kind, call: put, cache: 'kept' as const })),
  ]
}

async function started({ kind, call, cache }: Starter, kept: string): Promise<{ ms: number; cpuMs: number }> {
  const folder = cache === 'kept' ? kept : mkdtempSync(join(tmpdir(), 'stuntdouble-cache-'))
  try {
    // There Node keeps what it has compiled, for those that ask it to.
    const server = await startServerProcess(kind, call, { TMPDIR: folder, TEMP: folder })
    const cpuMs = server.cpuMicros() / 1_000
    await server.stop()
    return { ms: server.startMs, cpuMs }
  } finally {
    if (cache === 'new') rmSync(folder, { recursive: true, force: true })
  }
}

function figureOf(
  { kind, target }: Starter,
  taken: readonly { readonly ms: number; readonly cpuMs: number }[],
): StartFigure {
  const { name, what } = kind
  return {
    name,
    what,
    ms: spreadOf(taken.map(({ ms }) => ms)),
    cpuMs: spreadOf(taken.map(({ cpuMs }) => cpuMs)),
    target,
  }
}
