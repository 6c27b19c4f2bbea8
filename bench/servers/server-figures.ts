import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { trelloCredentials } from '../../simulators/trello/index.ts'
import { type Contestant, type Figure, type LapResult, measured, type RoundCounts } from '../rounds.ts'
import { type CardMove, cardMove } from './card.ts'
import { Load, requestHead } from './load.ts'
import { bareServer, ownServer, peerServers, type ServerKind } from './server-kinds.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

/** What came of servers, and what was left out. */
export interface ServerFigures {
  readonly figures: readonly Figure[]
  readonly skipped: readonly string[]
}

/** How servers are measured. */
export interface ServerCounts {
  readonly rounds: RoundCounts
  /** Requests of a lap for the quickest one. */
  readonly requests: number
  /** Why peers are left out, if they are. */
  readonly withoutPeers: string | undefined
}

const connections = 32
const command = fileURLToPath(new URL('../../bin/stuntdouble.js', import.meta.url))

/** Measures `PUT /1/cards/:id` against servers that have a process each, with the load from this one. */
export async function serverFigures({ rounds, requests, withoutPeers }: ServerCounts): Promise<ServerFigures> {
  const move = cardMove()
  const { kinds, skipped } = peerServers(move, withoutPeers)
  const lines = [...skipped]
  const running: (ServerProcess & { readonly contestant: Contestant })[] = []
  try {
    for (const kind of [bareServer(move), ownServer(command), ...kinds]) {
      try {
        running.push(await entered(kind, move, requests))
      } catch (error) {
        if (!kinds.includes(kind)) throw error
        lines.push(`${kind.name} is skipped: ${(error as Error).message}`)
      }
    }
    return {
      figures: await measured(
        running.map(({ contestant }) => contestant),
        rounds,
      ),
      skipped: lines,
    }
  } finally {
    await Promise.all(running.map(({ stop }) => stop()))
  }
}

async function entered(
  kind: ServerKind,
  move: CardMove,
  requests: number,
): Promise<ServerProcess & { readonly contestant: Contestant }> {
  const isOwn = kind.name === 'server-trello'
  const { key, token } = trelloCredentials
  const target = isOwn ? `${kind.base}/1/members/me/boards?key=${key}&token=${token}` : `${move.path}?${move.query}`
  const server = await startServerProcess(kind, { method: isOwn ? 'GET' : 'PUT', target })
  try {
    if (!isOwn) await answersAsAsked(server, move)
    const play = isOwn ? await movesOnBoard(`http://127.0.0.1:${server.port}${kind.base}`) : sameMove(move)
    const load = new Load(server.port, connections)
    const each = Math.max(1, Math.round((requests * kind.share) / connections))
    const contestant: Contestant = {
      ...{ name: kind.name, what: kind.what, unit: 'requests', count: each * connections, exchanges: 1 },
      ...(kind.name !== 'server-bare' && { against: [{ name: 'server-bare', ...(isOwn && { target: 0.5 }) }] }),
      lap: async () => {
        await load.connect()
        const result = await lapOver(server, () => load.send(each, play.requestOf))
        await play.check(each)
        return result
      },
    }
    const stop = (): Promise<void> => {
      load.close()
      return server.stop()
    }
    return { ...server, contestant, stop }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function lapOver(server: ServerProcess, send: () => Promise<void>): Promise<LapResult> {
  const cpuBefore = server.cpuMicros()
  const before = performance.now()
  await send()
  const realMs = performance.now() - before
  return { virtualMs: 0, took: { realMs, cpuMicros: server.cpuMicros() - cpuBefore } }
}

/** What a server is asked for, and how one sees that it was done. */
interface Play {
  requestOf(connection: number, nth: number): string
  /** After so many requests over each connection. */
  check(each: number): Promise<void>
}

function sameMove({ path, query }: CardMove): Play {
  const request = requestHead('PUT', `${path}?${query}`)
  return { requestOf: () => request, check: () => Promise.resolve() }
}

async function answersAsAsked({ port }: ServerProcess, { path, query, reply }: CardMove): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${path}?${query}`, { method: 'PUT' })
  assert.deepEqual([response.status, await response.json()], [200, JSON.parse(reply)])
}

/** A card for each connection, moved to and fro. */
async function movesOnBoard(url: string): Promise<Play> {
  const { key, token } = trelloCredentials
  const credentials = `key=${key}&token=${token}`
  const ask = async <Answer>(method: string, path: string, query = ''): Promise<Answer> => {
    const response = await fetch(`${url}${path}?${query}${credentials}`, { method })
    assert.equal(response.status, 200)
    return (await response.json()) as Answer
  }
  const [board] = await ask<{ id: string }[]>('GET', '/1/members/me/boards')
  const lists = await ask<{ id: string }[]>('GET', `/1/boards/${board?.id}/lists`)
  const [home = '', away = ''] = lists.map(({ id }) => id)
  const cards: string[] = []
  for (let at = 0; at < connections; at++) {
    cards.push((await ask<{ id: string }>('POST', '/1/cards', `idList=${home}&name=card%20${at}&`)).id)
  }
  const requests = cards.map((id) =>
    [away, home].map((idList) => requestHead('PUT', `/trello/1/cards/${id}?idList=${idList}&${credentials}`)),
  )
  let moved = 0
  return {
    requestOf: (connection, nth) => requests[connection]?.[(moved + nth) % 2] ?? '',
    check: async (each) => {
      moved += each
      const where = moved % 2 === 0 ? home : away
      for (const id of cards) {
        const { idList } = await ask<{ idList: string }>('GET', `/1/cards/${id}`)
        assert.equal(idList, where)
      }
    },
  }
}
