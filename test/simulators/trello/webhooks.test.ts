import { describe, expect, test } from 'vitest'
import { admit, ask, boardIn, given, type Received, refusal, wait } from './asking.ts'
import { callbackURL, create, only, parsed, rename, within } from './webhook-stage.ts'

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
      await wait(60_000)
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
