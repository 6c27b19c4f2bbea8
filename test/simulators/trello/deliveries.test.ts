import type { FaultPlan } from 'stuntdouble'
import { describe, expect, test } from 'vitest'
import { admit, boardIn, given, type Received, receiverOf, refusal, signatureOf, trelloWorld, wait } from './asking.ts'
import { callbackURL, create, only, parsed, rename, type Stage, typesOf, within } from './webhook-stage.ts'

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

  test('tells those who watch a card that it is deleted, and tries again although it is gone', () =>
    within(
      async ({ world, receiver }) => {
        const card = world.trello.card('ship it')?.id
        await create(world, { idModel: card })
        await given(`DELETE /cards/${card}`)
        await world.settle()
        expect(typesOf(receiver)).toEqual(['deleteCard', 'deleteCard'])
        expect(parsed(receiver.deliveries[0] as Received)['model']).toEqual({ id: card })
      },
      ({ method }, nth) => (method === 'POST' && nth === 1 ? 500 : 200),
    ))

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

test('a plan that names a kind of action which Trello does not tell of is refused, with the nearest', () => {
  const plan = (topic: string): FaultPlan => ({ faults: [{ fault: 'lost', on: { provider: 'trello', topic } }] })
  expect(() => trelloWorld({}, { plan: plan('updateCards') })).toThrow('Did you mean "updateCard"?')
  expect(trelloWorld({}, { plan: plan('updateCard') }).unusedFaults()).toHaveLength(1)
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
        await wait(45_000)
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
      await wait(120_000)
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
    await wait(1_000)
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
        await wait(3 * 3_600_000)
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
