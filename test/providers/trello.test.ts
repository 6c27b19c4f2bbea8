import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kanban, trello, trelloCredentials } from '../../simulators/trello/index.ts'
import { connectionReset, hang, rateLimited, replyLost, unauthorized } from '../../src/faults/faults.ts'
import {
  createTrelloWorkflow,
  type TrelloWorkflowOptions,
  type WorkflowProvider,
} from '../../src/providers/trello/index.ts'
import { keyIn, withKey, withoutKey } from '../../src/providers/trello/item-key.ts'
import { useWorld } from '../../src/scenario/vitest.ts'
import { failureOf } from '../core/failures.ts'
import { speaksWorkflow } from './speaks-workflow.ts'

const stages = kanban.lists.map(({ name }) => ({ name }))
const world = useWorld({ simulators: { trello: trello({ boards: [{ name: 'Work', lists: stages }] }) } })
const open = (options: Partial<TrelloWorkflowOptions> = {}): WorkflowProvider =>
  createTrelloWorkflow({ credentials: trelloCredentials, board: world.trello.board().id, ...options })
const operationOf = { add: 'cards.create', proceedTo: 'cards.update' } as const

/** Changes a card as another member of the board would. */
function changeByHand(name: string, change: { readonly idList?: string; readonly closed?: boolean }): void {
  const card = world.trello.card(name)
  if (card) world.trello.state.cards.set(card.id, { ...card, ...change })
}

/** Changes a list as another member of the board would. */
function changeList(name: string, change: { readonly name?: string; readonly closed?: boolean }): void {
  const { cards: _, ...list } = world.trello.list(name)
  world.trello.state.lists.set(list.id, { ...list, ...change })
}

speaksWorkflow('Trello', () => ({
  run: (body) => world.run(body),
  open: () => open(),
  stageOf: (name) => {
    const card = world.trello.card(name)
    return card && !card.closed ? world.trello.state.lists.get(card.idList)?.name : undefined
  },
  count: (name) => world.trello.cards.filter((card) => card.name === name).length,
  moveByHand: (name, stage) => changeByHand(name, { idList: world.trello.list(stage).id }),
  archiveByHand: (name) => changeByHand(name, { closed: true }),
  loseReplyTo: (step) => void world.inject('trello', operationOf[step], replyLost({ times: 1 })),
  hang: (step) => void world.inject('trello', operationOf[step], hang({ times: 1 })),
}))

describe('a Trello workflow', () => {
  test('keeps credentials out of every URL, and out of what it says when they are refused', () =>
    world.run(async () => {
      const workflow = open()
      const { id } = await workflow.add('To Do', { name: 'ship', key: 'k' })
      await workflow.proceedTo('To Do', 'Doing', { item: id })
      const urls = world.journal.exchanges().map(({ call }) => call.url)
      expect(urls.length).toBeGreaterThan(4)
      for (const url of urls) expect(url).not.toMatch(/key=|token=|redacted|ATTA|3f6e0b1c/)
      world.inject('trello', 'lists.cards', unauthorized({ times: 1 }))
      const error = await failureOf(workflow.items('To Do'))
      expect(error).toMatchObject({ code: 'unauthorized', status: 401 })
      for (const secret of Object.values(trelloCredentials)) expect(String(error)).not.toContain(secret)
    }))

  test('tells being unknown from not being let in, though Trello says 401 to both', () =>
    world.run(async () => {
      const workflow = open()
      const { lists: _, ...board } = world.trello.board()
      world.trello.state.boards.set(board.id, { ...board, idMembers: [] })
      expect(await failureOf(workflow.items('To Do'))).toMatchObject({ code: 'forbidden', status: 401 })
      const foreign = { ...trelloCredentials, token: `ATTA${'0'.repeat(72)}` }
      const options = { credentials: foreign, board: board.id }
      const unknown = await failureOf(createTrelloWorkflow(options).items('To Do'))
      expect(unknown).toMatchObject({ code: 'unauthorized', status: 401, attempts: 1 })
    }))

  test('leaves a window alone for its whole length when Trello refuses', () =>
    world.run(async () => {
      const workflow = open()
      world.inject('trello', 'lists.cards', rateLimited({ times: 1 }))
      await workflow.items('To Do')
      const [refused, again] = world.journal.exchanges().slice(-2)
      expect(refused?.status).toBe(429)
      expect((again?.sentAt ?? 0) - (refused?.endedAt ?? 0)).toBeGreaterThanOrEqual(10_000)
    }))

  test('has room for a description beside the key, and says how much', () =>
    world.run(async () => {
      const workflow = open()
      const room = 16_384 - '\n\n[item-key k]'.length
      const added = await workflow.add('To Do', { name: 'long', description: 'x'.repeat(room), key: 'k' })
      expect(added.description).toHaveLength(room)
      const error = await failureOf(
        workflow.add('To Do', { name: 'long', description: 'x'.repeat(room + 1), key: 'k' }),
      )
      expect(error).toMatchObject({ code: 'input_invalid', applied: 'no', attempts: 0 })
      expect(error.message).toContain(`got ${room + 1} characters; beside the key there is room for ${room}`)
    }))

  test('finds the twin among more cards than Trello gives at once', () =>
    world.run(async () => {
      const key = 'the-first-of-many'
      const one = await open().add('To Do', { name: 'first', key })
      const card = world.trello.card('first')
      // Above all others on the board, so that a read of the first thousand does not show it.
      for (let n = 0; n < 2_500 && card; n++) {
        const id = (Number.parseInt(card.id.slice(0, 8), 16) + 1 + (n >> 1)).toString(16) + card.id.slice(8, 20)
        const made = { ...card, id: id + n.toString(16).padStart(4, '0'), name: `card ${n}`, desc: '', pos: n / 4_096 }
        world.trello.state.cards.set(made.id, made)
      }
      expect(await open().add('To Do', { name: 'first', key })).toEqual(one)
      expect(world.trello.cards.filter(({ name }) => name === 'first')).toHaveLength(1)
    }))

  test('makes no card where it cannot know whether there is one', () =>
    world.run(async () => {
      const workflow = open()
      await workflow.add('To Do', { name: 'first' })
      const card = world.trello.card('first')
      for (let n = 0; n < 1_000 && card; n++) {
        const id = card.id.slice(0, 20) + n.toString(16).padStart(4, '0')
        world.trello.state.cards.set(id, { ...card, id, name: `card ${n}`, desc: '' })
      }
      expect(await failureOf(workflow.add('To Do', { name: 'new', key: 'k' }))).toMatchObject({ code: 'conflict' })
      expect(world.trello.card('new')).toBeUndefined()
    }))
})

describe('lists that others change', () => {
  test('a new one is known when it is asked for', () =>
    world.run(async () => {
      const workflow = open()
      await workflow.items('To Do')
      changeList('Done', { name: 'Shipped' })
      expect(await workflow.items('Shipped')).toEqual([])
    }))

  test('an archived one is no stage any more, once the lists are read anew', () =>
    world.run(async () => {
      const workflow = open({ stagesFreshMsMax: 1_000 })
      const { id } = await workflow.add('To Do', { name: 'ship' })
      await workflow.items('Done')
      changeList('Done', { closed: true })
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      const error = await failureOf(workflow.proceedTo('To Do', 'Done', { item: id }))
      expect(error.message).toMatch(/"Done" .*: .*its stages are To Do, Doing\)/)
      expect(world.trello.list('To Do').cards.map(({ name }) => name)).toEqual(['ship'])
    }))

  test('two of one name are no stage: which is meant is not ours to guess', () =>
    world.run(async () => {
      changeList('Done', { name: 'Doing' })
      const error = await failureOf(open().items('Doing'))
      expect(error).toMatchObject({ code: 'conflict' })
      expect(error.message).toContain('two lists are named so')
    }))

  test('are read once for all who need them', () =>
    world.run(async () => {
      const workflow = open()
      await Promise.all(['To Do', 'Doing', 'Done', 'To Do'].map((stage) => workflow.items(stage)))
      await workflow.items('Done')
      expect(world.journal.exchanges().filter(({ operation }) => operation === 'boards.lists')).toHaveLength(1)
    }))
})

test('a lost connection before the move moves the card once', () =>
  world.run(async () => {
    const workflow = open()
    const { id } = await workflow.add('To Do', { name: 'ship' })
    world.inject('trello', 'cards.update', connectionReset({ times: 2 }))
    await workflow.proceedTo('To Do', 'Doing', { item: id })
    const moves = world.journal.exchanges().filter(({ operation }) => operation === 'cards.update')
    expect(moves.map(({ effects }) => effects.length)).toEqual([0, 0, 1])
  }))

describe('options that cannot work are refused when the workflow is made', () => {
  const wrong: readonly (readonly [options: object, says: string])[] = [
    [{ board: 'https://trello.com/b/abc' }, 'board must be the id of a board, or its short link; got'],
    [{ credentials: { ...trelloCredentials, key: undefined } }, 'credentials.key must be letters and digits'],
    [{ credentials: { ...trelloCredentials, token: 'ATTA4711\n' } }, 'got 9 characters, not all of them such'],
    [{ stagesFreshMsMax: -1 }, 'stagesFreshMsMax must be a whole number from 0 on; got -1'],
    [{ callsMax: 0 }, 'callsMax must be a whole number from 1'],
  ]

  test.for(wrong)('%o', ([options, says]) => {
    const board = '64b0c0ffee00000000000b01'
    const make = (): unknown => createTrelloWorkflow({ credentials: trelloCredentials, board, ...options })
    expect(make).toThrow(says)
    expect(make).not.toThrow('4711')
  })
})

test('a key comes out of a description as it went in, and the description too', () => {
  const key = fc.stringMatching(/^[\w.:-]{1,64}$/)
  const text = fc.oneof(fc.string(), fc.constantFrom('', '\n', '[item-key a]', 'x\n\n[item-key b]\n\n', '\r\n'))
  fc.assert(
    fc.property(text, key, (description, given) => {
      const carried = withKey(description, given)
      expect([keyIn(carried), withoutKey(carried)]).toEqual([given, description])
    }),
  )
})
