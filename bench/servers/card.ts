import assert from 'node:assert/strict'
import { trello, trelloCredentials } from '../../simulators/trello/index.ts'
import { createRandom } from '../../src/simulator/random.ts'

const { key, token } = trelloCredentials
const board = { name: 'Kanban', lists: [{ name: 'To Do', cards: [{ name: 'ship it' }] }, { name: 'Done' }] }

/** The call that servers are measured by, and what all but the simulator answer to it whatever it says. */
export interface CardMove {
  readonly path: string
  readonly query: string
  /** JSON, of the very size of the simulator's own reply. */
  readonly reply: string
}

/** Has a Trello of its own move a card, to see what it says. */
export function cardMove(): CardMove {
  const instance = trello({ boards: [board], limits: 'off' }).open({
    clock: { now: () => Date.UTC(2026, 0, 5) },
    random: createRandom('card'),
    schedule: () => ({ cancel: () => undefined }),
    send: () => Promise.resolve({ kind: 'refused' }),
  })
  const [card] = instance.state.cards.values()
  const [, done] = [...instance.state.lists.keys()]
  assert(card && done)
  const [path, query] = [`/1/cards/${card.id}`, `idList=${done}&key=${key}&token=${token}`]
  const call = { method: 'PUT', origin: 'https://api.trello.com', path, query, headers: {}, body: new Uint8Array() }
  const handled = instance.handle(call)
  assert(!(handled instanceof Promise) && handled.reply.status === 200)
  return { path, query, reply: Buffer.from(handled.reply.body).toString() }
}
