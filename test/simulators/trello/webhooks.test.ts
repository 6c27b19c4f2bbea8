import { describe, expect, test } from 'vitest'
import {
  admit,
  ask,
  boardIn,
  given,
  type Received,
  type ReceiverBook,
  receiverOf,
  refusal,
  signatureOf,
  type TrelloWorld,
  trelloWorld,
} from './asking.ts'

const callbackURL = 'https://hooks.example/trello?tenant=7&note=a%20b'

interface Stage {
  readonly world: TrelloWorld
  readonly receiver: ReceiverBook
}

/** Without latency, so that times are those of Trello alone. */
function within(body: (stage: Stage) => Promise<void>, statusOf?: Parameters<typeof receiverOf>[0]): Promise<void> {
  const receiver = receiverOf(statusOf)
  const world = trelloWorld(
    {},
    { receivers: { 'https://hooks.example': receiver.receive }, latency: { minMs: 0, maxMs: 0 } },
  )
  return world.run(() => body({ world, receiver }))
}

const rename = (world: TrelloWorld, name = 'renamed'): Promise<unknown> =>
  given(`PUT /cards/${world.trello.card('ship it')?.id ?? world.trello.cards[0]?.id}`, { json: { name } })

const create = (world: TrelloWorld, more: object = {}): ReturnType<typeof ask> =>
  ask('POST /webhooks/', { json: { callbackURL, idModel: boardIn(world).id, ...more } })

const only = (world: TrelloWorld) => world.trello.webhooks[0]
const parsed = ({ text }: Received): Record<string, Record<string, never>> => JSON.parse(text)
const typesOf = (book: ReceiverBook): unknown[] => book.deliveries.map((one) => parsed(one)['action']?.['type'])

describe('the check of an address', () => {
  test('is one HEAD to the whole callback URL, while the caller waits', () =>
    within(async ({ world, receiver }) => {
      const { status, body } = await create(world, { description: 'of all' })
      expect(receiver.checks).toMatchObject([{ method: 'HEAD', url: callbackURL, text: '' }])
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          ...{ id: only(world)?.id, description: 'of all', idModel: boardIn(world).id, callbackURL },
          ...{ active: true, consecutiveFailures: 0, firstConsecutiveFailDate: null },
        },
      })
      await world.settle()
      expect(receiver.deliveries).toEqual([])
    }))

  test.each([404, 500, 204, 201, 301, 410])('that answers %i makes no webhook', (answered) =>
    within(
      async ({ world }) => {
        expect(await create(world)).toMatchObject({
          status: 400,
          type: 'application/json; charset=utf-8',
          body: { message: `URL (${callbackURL}) did not return 200 status code, got ${answered}`, error: 'ERROR' },
        })
        expect(world.trello.webhooks).toEqual([])
        expect(world.journal.exchanges()[0]?.effects).toEqual([])
      },
      () => answered,
    ),
  )

  test('that reaches nobody makes no webhook', () =>
    within(async ({ world }) => {
      const elsewhere = 'https://nobody.example/trello'
      const { status, body } = await create(world, { callbackURL: elsewhere })
      expect(status).toBe(400)
      expect(body.message).toMatch(/^URL \(https:\/\/nobody\.example\/trello\) did not return 200 status code, got /)
      expect(world.trello.webhooks).toEqual([])
    }))

  test('comes after the check of the parameters', () =>
    within(async ({ world, receiver }) => {
      expect((await create(world, { idModel: '~' })).body).toBe('invalid value for idModel')
      expect((await create(world, { callbackURL: 'not a URL' })).body).toBe('invalid value for callbackURL')
      expect((await create(world, { callbackURL: 'ftp://hooks.example' })).body).toBe('invalid value for callbackURL')
      expect(receiver.checks).toEqual([])
    }))
})

describe('a webhook', () => {
  test('that stands already is refused, for the same callback, model and token only', () =>
    within(async ({ world, receiver }) => {
      const text = '400 A webhook with that callback, model, and token already exists'
      await create(world)
      const again = { json: { callbackURL, idModel: boardIn(world).id } }
      expect(await refusal('POST /webhooks', again)).toBe(text)
      expect(receiver.checks).toHaveLength(1)
      expect((await create(world, { idModel: world.trello.list('Done').id })).status).toBe(200)
      expect((await create(world, { callbackURL: 'https://hooks.example/other' })).status).toBe(200)
      const as = admit(world, { idMember: boardIn(world).idMemberCreator })
      expect((await ask('POST /webhooks', { ...again, as })).status).toBe(200)
      const other = world.trello.webhooks[2]?.id
      expect(await refusal(`PUT /webhooks/${other}`, { json: { callbackURL } })).toBe(text)
    }))

  test('is made once when two callers ask at the same time', () =>
    within(async ({ world }) => {
      const statuses = (await Promise.all([create(world), create(world)])).map(({ status }) => status)
      expect(statuses.sort()).toEqual([200, 400])
      expect(world.trello.webhooks).toHaveLength(1)
    }))

  test('is listed by its token, and gone once deleted', () =>
    within(async ({ world }) => {
      const { body } = await create(world)
      const [token] = [...world.trello.state.tokens.keys()]
      expect(await given(`GET /tokens/${token}/webhooks`)).toEqual([body])
      expect(await given(`DELETE /webhooks/${body.id}`)).toEqual({ _value: null })
      expect(await given(`GET /tokens/${token}/webhooks`)).toEqual([])
      expect(await refusal(`DELETE /webhooks/${body.id}`)).toBe('404 The requested resource was not found.')
    }))

  test('can watch a list, a card, a member and a workspace', () =>
    within(async ({ world, receiver }) => {
      const { idOrganization, idMembers } = boardIn(world)
      const [todo, card] = [world.trello.list('To Do').id, world.trello.card('ship it')?.id]
      for (const idModel of [todo, card, idMembers[0], idOrganization]) {
        expect((await create(world, { idModel })).status).toBe(200)
      }
      await rename(world)
      await given('POST /cards', { json: { idList: world.trello.list('Done').id, name: 'elsewhere' } })
      await world.settle()
      const heard = receiver.deliveries.map((one) => [parsed(one)['model']?.['id'], parsed(one)['action']?.['type']])
      expect(heard).toEqual([
        [todo, 'updateCard'],
        [card, 'updateCard'],
        [idMembers[0], 'updateCard'],
        [idOrganization, 'updateCard'],
        [idMembers[0], 'createCard'],
        [idOrganization, 'createCard'],
      ])
    }))

  test('of what its token cannot see is refused', () =>
    within(async ({ world }) => {
      const as = admit(world)
      for (const idModel of [boardIn(world).id, world.trello.list('Done').id, boardIn(world).idOrganization]) {
        expect(await refusal('POST /webhooks', { as, json: { callbackURL, idModel } })).toBe(
          '400 invalid value for idModel',
        )
      }
    }))
})

describe('a delivery', () => {
  test('tells the action, the model and the webhook', () =>
    within(async ({ world, receiver }) => {
      await create(world)
      const card = world.trello.card('ship it')
      const done = world.trello.list('Done')
      await given(`PUT /cards/${card?.id}`, { json: { idList: done.id } })
      await world.settle()
      const [one] = receiver.deliveries
      expect(one).toMatchObject({ method: 'POST', url: callbackURL })
      expect(one?.headers['content-type']).toBe('application/json')
      const { action, model, webhook } = JSON.parse(one?.text ?? '')
      expect(model).toEqual(await given(`GET /boards/${boardIn(world).id}`))
      expect(webhook).toMatchObject({ id: only(world)?.id, callbackURL, active: true })
      expect(action).toMatchObject({
        ...{ type: 'updateCard', idMemberCreator: boardIn(world).idMemberCreator, appCreator: null, limits: null },
        data: {
          old: { idList: card?.idList },
          listBefore: { id: card?.idList, name: 'To Do' },
          listAfter: { id: done.id, name: 'Done' },
          card: { id: card?.id, name: 'ship it', idList: done.id, idShort: 1, shortLink: card?.shortLink },
          board: { id: boardIn(world).id, name: 'Kanban', shortLink: boardIn(world).shortLink },
        },
        display: { translationKey: 'action_move_card_from_list_to_list' },
        memberCreator: { username: 'ada' },
      })
      const [latest] = await given(`GET /boards/${boardIn(world).id}/actions`)
      expect(action).toEqual(latest)
    }))

  test('is signed over its raw body and the whole callback URL', () =>
    within(async ({ world, receiver }) => {
      await create(world)
      await rename(world, 'grüße, 世界 ✓')
      await world.settle()
      const [one] = receiver.deliveries
      expect(one?.headers['x-trello-webhook']).toBe(signatureOf(one?.text ?? '', callbackURL))
      expect(one?.headers['x-trello-webhook']).not.toBe(signatureOf(one?.text ?? '', 'https://hooks.example/trello'))
    }))

  test('is signed with the secret of the application whose token made the webhook', () =>
    within(async ({ world, receiver }) => {
      const as = admit(world, { key: 'e'.repeat(32), idMember: boardIn(world).idMemberCreator })
      await given('POST /webhooks', { as, json: { callbackURL, idModel: boardIn(world).id } })
      await rename(world)
      await world.settle()
      const [one] = receiver.deliveries
      expect(one?.headers['x-trello-webhook']).toBe(signatureOf(one?.text ?? '', callbackURL, 'other-secret'))
    }))

  test('carries the client identifier of the write that caused it, and none when there was none', () =>
    within(async ({ world, receiver }) => {
      await create(world)
      const line = `PUT /cards/${world.trello.card('ship it')?.id}`
      await given(line, { json: { desc: 'mine' }, headers: { 'X-Trello-Client-Identifier': 'loop-guard-1' } })
      await rename(world)
      await world.settle()
      const told = receiver.deliveries.map(({ headers }) => headers['x-trello-client-identifier'])
      expect(told).toEqual(['loop-guard-1', undefined])
    }))

  test('comes twice for one label: as such, and as a change of the card', () =>
    within(async ({ world, receiver }) => {
      await create(world)
      const card = world.trello.card('ship it')?.id
      const label = await given('POST /labels', { json: { name: 'urgent', color: 'red', idBoard: boardIn(world).id } })
      await given(`POST /cards/${card}/idLabels`, { json: { value: label.id } })
      await given(`DELETE /cards/${card}/idLabels/${label.id}`)
      await world.settle()
      expect(typesOf(receiver)).toEqual([
        'createLabel',
        'addLabelToCard',
        'updateCard',
        'removeLabelFromCard',
        'updateCard',
      ])
      const [, , second] = receiver.deliveries.map((one) => JSON.parse(one.text).action)
      expect(second).toMatchObject({
        display: { translationKey: 'unknown' },
        data: { old: { idLabels: [] }, card: { idLabels: [label.id] } },
      })
    }))

  test('comes for every kind of change, and for none that changes nothing', () =>
    within(async ({ world, receiver }) => {
      await create(world)
      const { id } = boardIn(world)
      const card = world.trello.card('ship it')?.id
      await given(`PUT /cards/${card}`, { json: { name: 'ship it', closed: false } })
      await given(`POST /cards/${card}/actions/comments`, { json: { text: 'well' } })
      await given(`POST /cards/${card}/idMembers`, { json: { value: boardIn(world).idMemberCreator } })
      await given(`POST /cards/${card}/attachments`, { json: { url: 'https://example.com' } })
      const checklist = await given('POST /checklists', { json: { idCard: card, name: 'steps' } })
      const item = await given(`POST /checklists/${checklist.id}/checkItems`, { json: { name: 'fuel' } })
      await given(`PUT /cards/${card}/checkItem/${item.id}`, { json: { state: 'complete' } })
      await given(`PUT /lists/${world.trello.list('Done').id}`, { json: { name: 'Shipped' } })
      await given(`PUT /boards/${id}`, { json: { name: 'Renamed' } })
      await given(`DELETE /cards/${card}`)
      await world.settle()
      expect(typesOf(receiver)).toEqual([
        ...['commentCard', 'addMemberToCard', 'addAttachmentToCard', 'addChecklistToCard', 'createCheckItem'],
        ...['updateCheckItemStateOnCard', 'updateList', 'updateBoard', 'deleteCard'],
      ])
    }))
})

describe('a delivery that fails', () => {
  test('is tried again after 30, 60 and 120 s, and then no more', () =>
    within(
      async ({ world, receiver }) => {
        await create(world)
        await rename(world)
        await world.settle(3_600_000)
        const [first = 0, ...more] = receiver.deliveries.map(({ at }) => at)
        expect(more.map((at) => at - first)).toEqual([30_000, 90_000, 210_000])
        expect(new Set(receiver.deliveries.map((one) => parsed(one)['action']?.['id'])).size).toBe(1)
        expect(world.journal.deliveries().map(({ attempt }) => attempt)).toEqual([1, 1, 2, 3, 4])
        for (const { text, headers } of receiver.deliveries) {
          expect(headers['x-trello-webhook']).toBe(signatureOf(text, callbackURL))
        }
      },
      ({ method }) => (method === 'HEAD' ? 200 : 503),
    ))

  test('counts in the webhook, until one succeeds', () =>
    within(
      async ({ world, receiver }) => {
        await create(world)
        await rename(world)
        const failedAt = new Date().toISOString()
        await new Promise((resolve) => setTimeout(resolve, 45_000))
        expect(only(world)).toMatchObject({ consecutiveFailures: 2, firstConsecutiveFailDate: failedAt })
        expect(await given(`GET /webhooks/${only(world)?.id}`)).toMatchObject({ consecutiveFailures: 2 })
        await world.settle()
        expect(receiver.deliveries).toHaveLength(3)
        expect(only(world)).toMatchObject({ consecutiveFailures: 0, firstConsecutiveFailDate: null, active: true })
      },
      ({ method }, nth) => (method === 'HEAD' || nth === 3 ? 200 : 500),
    ))

  test.each([201, 204, 302])('is one that is answered with %i', (answered) =>
    within(
      async ({ world, receiver }) => {
        await create(world)
        await rename(world)
        await world.settle()
        expect(receiver.deliveries).toHaveLength(4)
        expect(only(world)?.consecutiveFailures).toBe(4)
      },
      ({ method }) => (method === 'HEAD' ? 200 : answered),
    ),
  )

  test('is one that nobody answers in time', async () => {
    const at: number[] = []
    const receive = async (request: Request): Promise<Response> => {
      if (request.method === 'HEAD') return new Response()
      at.push(Date.now())
      return at.length === 1 ? new Promise<never>(() => {}) : new Response()
    }
    const world = trelloWorld({}, { receivers: { 'https://hooks.example': receive }, latency: { minMs: 0, maxMs: 0 } })
    await world.run(async () => {
      await create(world)
      await rename(world)
      await new Promise((resolve) => setTimeout(resolve, 120_000))
    })
    // Half a minute of patience, then the first wait.
    expect(at.map((one) => one - (at[0] ?? 0))).toEqual([0, 60_000])
  })
})

describe('a webhook whose address has failed', () => {
  const failing = ({ method }: Received): number => (method === 'HEAD' ? 200 : 500)
  const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()

  /** Lets one delivery fail, once, after what has failed before. */
  async function failOnce(
    { world }: Stage,
    consecutiveFailures: number,
    firstConsecutiveFailDate: string,
  ): Promise<void> {
    await create(world)
    const { webhooks } = world.trello.state
    for (const one of webhooks.values()) webhooks.set(one.id, { ...one, consecutiveFailures, firstConsecutiveFailDate })
    await rename(world)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }

  test.each([
    [999, 40, true, 2],
    [1_000, 29.9, true, 4],
    [1_000, 30, false, 1],
    [1_500, 40, false, 1],
    [50_000, 3, true, 4],
  ])('%i times before, for %d days, is active after one more: %s', (failures, days, active, tries) =>
    within(async (stage) => {
      await failOnce(stage, failures, daysAgo(days))
      expect(only(stage.world)).toMatchObject({ active, consecutiveFailures: failures + 1 })
      await stage.world.settle()
      expect(stage.receiver.deliveries.length).toBe(tries)
    }, failing),
  )

  test('for a month of changes is given up after more than 1,000 tries, and hears no more', async () => {
    const receiver = receiverOf(failing)
    const receivers = { 'https://hooks.example': receiver.receive }
    const world = trelloWorld({}, { receivers, bounds: { virtualMsMax: 90 * 86_400_000, realMsMax: 15_000 } })
    await world.run(async () => {
      await create(world)
      const started = Date.now()
      for (let change = 0; only(world)?.active === true && change < 400; change++) {
        await rename(world, `change ${change}`)
        await new Promise((resolve) => setTimeout(resolve, 3 * 3_600_000))
      }
      // Eight changes a day, four tries each: 1,000 failures are passed on day 32, after the 30 days.
      expect(Math.floor((Date.now() - started) / 86_400_000)).toBe(31)
      expect(only(world)).toMatchObject({ active: false, consecutiveFailures: 1_001 })
      await rename(world, 'unheard')
      await world.settle()
      expect(receiver.deliveries).toHaveLength(1_001)
    })
  })

  test('and that answers 410 is deleted at once', () =>
    within(
      async ({ world, receiver }) => {
        const { body } = await create(world)
        await rename(world)
        await world.settle()
        expect(receiver.deliveries).toHaveLength(1)
        expect(await refusal(`GET /webhooks/${body.id}`)).toBe('404 The requested resource was not found.')
      },
      ({ method }) => (method === 'HEAD' ? 200 : 410),
    ))
})

describe('a change of a webhook', () => {
  test('to active again asks the address anew and starts its count anew', () => {
    let isUp = true
    return within(
      async ({ world, receiver }) => {
        const { body } = await create(world)
        const line = `PUT /webhooks/${body.id}`
        await given(line, { json: { active: false } })
        expect(receiver.checks).toHaveLength(1)
        await rename(world)
        await world.settle()
        expect(receiver.deliveries).toEqual([])

        isUp = false
        const message = `URL (${callbackURL}) did not return 200 status code, got 500`
        expect(await ask(line, { json: { active: true } })).toMatchObject({ status: 400, body: { message } })
        expect(only(world)?.active).toBe(false)
        isUp = true
        const { webhooks } = world.trello.state
        for (const one of webhooks.values()) webhooks.set(one.id, { ...one, consecutiveFailures: 7 })
        expect(await given(line, { json: { active: true } })).toMatchObject({ active: true, consecutiveFailures: 0 })
        expect(receiver.checks).toHaveLength(3)
        await rename(world, 'heard')
        await world.settle()
        expect(receiver.deliveries).toHaveLength(1)
      },
      () => (isUp ? 200 : 500),
    )
  })

  test('of its address asks the new one; of its description, or to what it is, asks nobody', () =>
    within(async ({ world, receiver }) => {
      const { body } = await create(world)
      const line = `PUT /webhooks/${body.id}`
      await given(line, { json: { callbackURL: 'https://hooks.example/new' } })
      expect(receiver.checks.map(({ url }) => url)).toEqual([callbackURL, 'https://hooks.example/new'])
      await given(line, { json: { description: 'new' } })
      await given(line, { json: { description: 'new', active: true } })
      expect(receiver.checks).toHaveLength(2)
      const effects = world.journal.exchanges().map((one) => one.effects.length)
      expect(effects).toEqual([1, 1, 1, 0])
    }))

  test('that is deleted while its new address is asked is not brought back', () =>
    within(async ({ world }) => {
      const { body } = await create(world)
      const [changed] = await Promise.all([
        refusal(`PUT /webhooks/${body.id}`, { json: { callbackURL: 'https://hooks.example/new' } }),
        ask(`DELETE /webhooks/${body.id}`),
      ])
      expect(changed).toBe('404 The requested resource was not found.')
      expect(world.trello.webhooks).toEqual([])
    }))
})

describe('a webhook goes with its token', () => {
  const failing = ({ method }: Received): number => (method === 'HEAD' ? 200 : 500)

  test('when that is revoked, tries that wait included', () =>
    within(async ({ world, receiver }) => {
      const as = admit(world, { idMember: boardIn(world).idMemberCreator })
      await given('POST /webhooks', { as, json: { callbackURL, idModel: boardIn(world).id } })
      await create(world, { callbackURL: 'https://hooks.example/stays' })
      await rename(world)
      await given(`DELETE /tokens/${as.token}`, { as })
      expect(world.trello.webhooks.map((one) => one.callbackURL)).toEqual(['https://hooks.example/stays'])
      await world.settle()
      expect(receiver.deliveries.map(({ url }) => new URL(url).pathname)).toEqual([
        '/trello',
        ...Array.from({ length: 4 }, () => '/stays'),
      ])
    }, failing))

  test('when that expires', () =>
    within(async ({ world, receiver }) => {
      const dateExpires = new Date(Date.now() + 60_000).toISOString()
      const as = admit(world, { idMember: boardIn(world).idMemberCreator, dateExpires })
      await given('POST /webhooks', { as, json: { callbackURL, idModel: boardIn(world).id } })
      await new Promise((resolve) => setTimeout(resolve, 60_000))
      await rename(world)
      await world.settle()
      expect(receiver.deliveries).toEqual([])
      expect(world.trello.webhooks).toEqual([])
    }))

  test('and falls silent, but stays, when its member loses sight of the model', () =>
    within(async ({ world, receiver }) => {
      await create(world)
      const other = admit(world)
      const board = boardIn(world)
      world.trello.state.boards.set(board.id, { ...board, idMembers: ['b0b0b0b0b0b0b0b0b0b0b0b0'] })
      await given(`PUT /boards/${board.id}`, { as: other, json: { desc: 'unheard' } })
      await world.settle()
      expect(receiver.deliveries).toEqual([])
      expect(world.trello.webhooks).toHaveLength(1)
    }))
})
