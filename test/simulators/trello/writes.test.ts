import { describe, expect, test } from 'vitest'
import { ask, boardIn, given, refusal, type TrelloWorld, trelloWorld } from './asking.ts'

function within(body: (world: TrelloWorld) => Promise<void>): Promise<void> {
  const world = trelloWorld({ members: [{ username: 'bo', fullName: 'Bo Lindqvist' }] })
  return world.run(() => body(world))
}

type Named = { readonly id: string; readonly name: string; readonly pos: number }
const names = (found: readonly Named[]): string[] => found.map(({ name }) => name)
const addCard = (idList: string, name: string, more: object = {}): Promise<Named> =>
  given('POST /cards', { json: { idList, name, ...more } })

describe('a new board', () => {
  test('has three lists and six labels, unless they are not wanted', () =>
    within(async () => {
      const board = await given('POST /boards/', { query: { name: 'Plain' } })
      expect(names(await given(`GET /boards/${board.id}/lists`))).toEqual(['To Do', 'Doing', 'Done'])
      expect(await given(`GET /boards/${board.id}/labels`)).toHaveLength(6)
      const bare = { name: 'Bare', defaultLists: false, defaultLabels: false }
      for (const asking of [{ json: bare }, { query: bare }]) {
        const { id } = await given('POST /boards', asking)
        expect(await given(`GET /boards/${id}/lists`)).toEqual([])
        expect(await given(`GET /boards/${id}/labels`)).toEqual([])
      }
    }))

  test('is private, its maker its admin, and its ids of the moment of its making', () =>
    within(async (world) => {
      const board = await given('POST /boards', { json: { name: 'Plain' } })
      const { idMemberCreator } = boardIn(world)
      expect(board).toMatchObject({
        prefs: { permissionLevel: 'private' },
        idMemberCreator,
        memberships: [{ idMember: idMemberCreator, memberType: 'admin' }],
        url: expect.stringMatching(/^https:\/\/trello\.com\/b\/[A-Za-z0-9]{8}\/plain$/),
      })
      expect(Number.parseInt(board.id.slice(0, 8), 16)).toBe(Math.floor(Date.parse(board.dateLastActivity) / 1_000))
    }))

  test('can be a copy: lists and labels always, cards when they are to be kept', () =>
    within(async (world) => {
      const source = boardIn(world)
      const label = await given('POST /labels', { json: { name: 'urgent', color: 'red', idBoard: source.id } })
      await given(`POST /cards/${world.trello.card('ship it')?.id}/idLabels`, { json: { value: label.id } })
      const bare = await given('POST /boards', { json: { name: 'Bare', idBoardSource: source.shortLink } })
      const full = await given('POST /boards', {
        json: { name: 'Full', idBoardSource: source.id, keepFromSource: 'cards' },
      })
      for (const { id } of [bare, full]) {
        expect(names(await given(`GET /boards/${id}/lists`))).toEqual(['To Do', 'Doing', 'Done'])
        expect(names(await given(`GET /boards/${id}/labels`))).toEqual(['urgent'])
      }
      expect(await given(`GET /boards/${bare.id}/cards`)).toEqual([])
      const cards = await given(`GET /boards/${full.id}/cards`)
      expect(names(cards)).toEqual(['ship it', 'write the changelog', 'thank the reporter'])
      expect(cards[0].idLabels).toEqual([(await given(`GET /boards/${full.id}/labels`))[0].id])
      const next = await addCard((await given(`GET /boards/${full.id}/lists`))[0].id, 'next')
      expect(next).toMatchObject({ idShort: 4 })
    }))
})

describe('a board that is closed', () => {
  test('is still there, with all that is on it; one that is deleted is gone with it', () =>
    within(async (world) => {
      const { id, shortLink } = boardIn(world)
      const [list, card] = [world.trello.list('To Do').id, world.trello.card('ship it')?.id]
      const checklist = await given('POST /checklists', { json: { idCard: card, name: 'steps' } })
      await given(`POST /cards/${card}/attachments`, { json: { url: 'https://example.com' } })
      await given(`PUT /boards/${id}`, { json: { closed: true } })
      expect(await given(`GET /boards/${id}/cards`)).toHaveLength(3)
      await given(`PUT /boards/${id}`, { json: { closed: false } })

      await given(`DELETE /boards/${id}`)
      for (const line of [
        `GET /boards/${id}`,
        `DELETE /boards/${id}`,
        `GET /boards/${shortLink}`,
        `GET /lists/${list}`,
      ]) {
        expect(await refusal(line)).toBe('404 model not found')
      }
      expect(await refusal(`GET /cards/${card}`)).toBe('404 card not found')
      expect(await refusal(`GET /checklists/${checklist.id}`)).toBe('404 model not found')
      const { cards, lists, labels, checklists, attachments } = world.trello.state
      for (const left of [cards, lists, labels, checklists, attachments]) expect(left.size).toBe(0)
    }))
})

describe('a place', () => {
  const order = async (world: TrelloWorld): Promise<string[]> =>
    names(await given(`GET /lists/${world.trello.list('Done').id}/cards`))

  test('is the bottom for a new card, then 65535 and steps of 16384', () =>
    within(async (world) => {
      const done = world.trello.list('Done').id
      const made = [await addCard(done, 'a'), await addCard(done, 'b', { pos: 'bottom' }), await addCard(done, 'c')]
      expect(made.map(({ pos }) => pos)).toEqual([65_535, 81_919, 98_303])
    }))

  test('is top, bottom, or a positive number, for cards made and cards moved', () =>
    within(async (world) => {
      const done = world.trello.list('Done').id
      const [a, b] = [await addCard(done, 'a'), await addCard(done, 'b')]
      await addCard(done, 'c', { pos: 'top' })
      await addCard(done, 'd', { pos: (a.pos + b.pos) / 2 })
      expect(await order(world)).toEqual(['c', 'a', 'd', 'b'])
      await given(`PUT /cards/${b.id}`, { query: { pos: 'top' } })
      await given(`PUT /cards/${a.id}`, { query: { pos: 'bottom' } })
      expect(await order(world)).toEqual(['b', 'c', 'd', 'a'])
      await given(`PUT /cards/${a.id}`, { json: { pos: 0.5 } })
      expect(await order(world)).toEqual(['a', 'b', 'c', 'd'])
    }))

  test('is the bottom of the list that a card moves to, unless it says otherwise', () =>
    within(async (world) => {
      const done = world.trello.list('Done').id
      await addCard(done, 'a')
      await given(`PUT /cards/${world.trello.card('ship it')?.id}`, { json: { idList: done } })
      await given(`PUT /cards/${world.trello.card('thank the reporter')?.id}`, { json: { idList: done, pos: 'top' } })
      expect(await order(world)).toEqual(['thank the reporter', 'a', 'ship it'])
    }))

  test('to which something has been moved is its own: moving it there again changes nothing', () =>
    within(async (world) => {
      const done = world.trello.list('Done').id
      const [a] = [await addCard(done, 'a'), await addCard(done, 'b')]
      for (const pos of ['bottom', 'top'] as const) {
        const moved = await given(`PUT /cards/${a.id}`, { json: { pos } })
        expect(await given(`PUT /cards/${a.id}`, { json: { pos } })).toEqual(moved)
      }
    }))

  test('orders lists and checklists as well', () =>
    within(async (world) => {
      const { id } = boardIn(world)
      await given('POST /lists', { json: { idBoard: id, name: 'First', pos: 'top' } })
      const last = await given('POST /lists', { json: { idBoard: id, name: 'Last', pos: 'bottom' } })
      expect(names(await given(`GET /boards/${id}/lists`))).toEqual(['First', 'To Do', 'Doing', 'Done', 'Last'])
      await given(`PUT /lists/${last.id}`, { json: { pos: 'top' } })
      expect(names(await given(`GET /boards/${id}/lists`))[0]).toBe('Last')
      const card = world.trello.card('ship it')?.id
      for (const [name, pos] of Object.entries({ one: 'bottom', two: 'bottom', zero: 'top' })) {
        await given(`POST /cards/${card}/checklists`, { json: { name, pos } })
      }
      expect(names(await given(`GET /cards/${card}/checklists`))).toEqual(['zero', 'one', 'two'])
    }))
})

describe('a card', () => {
  test('needs nothing but its list, and counts on its board', () =>
    within(async (world) => {
      const card = await given('POST /cards', { query: { idList: world.trello.list('Done').id } })
      expect(card).toMatchObject({ name: '', idShort: 4, attachments: [], stickers: [], limits: {} })
    }))

  test('of the same words is another one: Trello has no idempotency key', () =>
    within(async (world) => {
      const done = world.trello.list('Done').id
      const twins = [await addCard(done, 'twin'), await addCard(done, 'twin')]
      expect(new Set(twins.map(({ id }) => id)).size).toBe(2)
      expect(world.trello.list('Done').cards).toHaveLength(2)
    }))

  test('has its dates, cover and place taken away by an empty value, null, or the word null', () =>
    within(async (world) => {
      const line = `PUT /cards/${world.trello.card('ship it')?.id}`
      for (const nothing of ['', 'null', null]) {
        const due = '2026-02-01T10:00:00+02:00'
        expect((await given(line, { json: { due, start: due } })).due).toBe('2026-02-01T08:00:00.000Z')
        expect(await given(line, { json: { due: nothing, start: nothing } })).toMatchObject({ due: null, start: null })
      }
      const cover = { color: 'red', size: 'full' }
      expect((await given(line, { json: { cover } })).cover).toMatchObject({ ...cover, brightness: 'light' })
      expect((await given(line, { json: { cover: '' } })).cover).toMatchObject({ color: null, size: 'normal' })
    }))

  test('moves to another board with its checklists, and is found there', () =>
    within(async (world) => {
      const other = await given('POST /boards', { json: { name: 'Other' } })
      const card = world.trello.card('ship it')?.id
      const checklist = await given('POST /checklists', { json: { idCard: card, name: 'steps' } })
      const moved = await given(`PUT /cards/${card}`, { json: { idBoard: other.id } })
      const [first] = await given(`GET /boards/${other.id}/lists`)
      expect(moved).toMatchObject({ idBoard: other.id, idList: first.id })
      expect((await given(`GET /checklists/${checklist.id}`)).idBoard).toBe(other.id)
      expect((await given(`GET /boards/${other.id}/actions`))[0]).toMatchObject({
        type: 'moveCardToBoard',
        data: { boardSource: { id: boardIn(world).id }, board: { id: other.id } },
      })
      const elsewhere = { idBoard: other.id, idList: world.trello.list('Done').id }
      await given(`DELETE /boards/${boardIn(world).id}`)
      expect((await given(`GET /cards/${card}`)).idChecklists).toEqual([checklist.id])
      expect(await refusal(`PUT /cards/${card}`, { json: elsewhere })).toBe('400 invalid value for idList')
    }))

  test('goes along when its list moves to another board', () =>
    within(async (world) => {
      const other = await given('POST /boards', { json: { name: 'Other', defaultLists: false } })
      const card = world.trello.card('ship it')?.id
      const checklist = await given('POST /checklists', { json: { idCard: card, name: 'steps' } })
      await given(`PUT /lists/${world.trello.list('To Do').id}`, { json: { idBoard: other.id } })
      expect(await given(`GET /boards/${other.id}/cards`)).toHaveLength(3)
      expect((await given(`GET /checklists/${checklist.id}`)).idBoard).toBe(other.id)
    }))

  test('can be a copy, with all its parts or those that are to be kept', () =>
    within(async (world) => {
      const [todo, source] = [world.trello.list('To Do').id, world.trello.card('ship it')?.id ?? '']
      const bo = [...world.trello.state.members.keys()][1]
      await given(`PUT /cards/${source}`, { json: { desc: 'soon', due: '2026-02-01', idMembers: [bo] } })
      const { id: idChecklist } = await given('POST /checklists', { json: { idCard: source, name: 'steps' } })
      await given(`POST /checklists/${idChecklist}/checkItems`, { json: { name: 'fuel' } })
      const copy = await given('POST /cards', { json: { idList: todo, idCardSource: source } })
      expect(copy).toMatchObject({ name: 'ship it', desc: 'soon', due: '2026-02-01T00:00:00.000Z', idMembers: [bo] })
      const [steps] = await given(`GET /cards/${copy.id}/checklists`)
      expect(steps).toMatchObject({ name: 'steps', checkItems: [{ name: 'fuel', idChecklist: steps.id }] })
      expect(steps.id).not.toBe(idChecklist)
      const more = { idCardSource: source, keepFromSource: 'due', name: 'another' }
      const part = await given('POST /cards', { json: { idList: todo, ...more } })
      expect(part).toMatchObject({ name: 'another', due: '2026-02-01T00:00:00.000Z', idMembers: [], idChecklists: [] })
    }))

  test('takes its name from the link or file that it is made from, and has it attached', () =>
    within(async (world) => {
      const idList = world.trello.list('Done').id
      const linked = await given('POST /cards', { json: { idList, urlSource: 'https://example.com/plan' } })
      expect(linked).toMatchObject({
        name: 'https://example.com/plan',
        attachments: [{ url: 'https://example.com/plan', isUpload: false }],
        badges: { attachments: 1 },
      })
      const multipart = new FormData()
      multipart.set('idList', idList)
      multipart.set('fileSource', new File(['hello'], 'plan.txt', { type: 'text/plain' }))
      const uploaded = await given('POST /cards', { multipart })
      expect(uploaded).toMatchObject({
        name: 'plan.txt',
        attachments: [{ fileName: 'plan.txt', bytes: 5, isUpload: true }],
      })
    }))

  test('is refused with 403 by a board that has 5,000 open cards, until one of them is archived', () =>
    within(async (world) => {
      const { state } = world.trello
      const model = world.trello.card('ship it')
      const other = await given('POST /boards', { json: { name: 'Other' } })
      const [elsewhere] = await given(`GET /boards/${other.id}/lists`)
      const guest = await addCard(elsewhere.id, 'guest')
      for (let at = state.cards.size; model && at < 5_000; at++) {
        const id = at.toString(16).padStart(24, '0')
        state.cards.set(id, { ...model, id })
      }
      const idList = world.trello.list('Done').id
      expect((await addCard(idList, 'the last one')).name).toBe('the last one')
      const full = '403 Too many cards'
      expect(await refusal('POST /cards', { json: { idList, name: 'one too many' } })).toBe(full)
      expect(await refusal(`PUT /cards/${guest.id}`, { json: { idList } })).toBe(full)
      await given(`PUT /cards/${model?.id}`, { json: { closed: true } })
      expect(await refusal('POST /cards', { json: { idList: elsewhere.id, name: 'elsewhere' } })).toMatch(/^200/)
      await given(`PUT /cards/${guest.id}`, { json: { idList } })
      expect(await refusal(`PUT /cards/${model?.id}`, { json: { closed: false } })).toBe(full)
      expect((await ask(`PUT /cards/${guest.id}`, { json: { name: 'renamed' } })).status).toBe(200)
    }))
})

describe('a member of a card', () => {
  test('is added once, must belong to the board, and is taken off once', () =>
    within(async (world) => {
      const [ada, bo] = [...world.trello.state.members.keys()]
      const line = `/cards/${world.trello.card('ship it')?.id}/idMembers`
      expect(await given(`POST ${line}`, { json: { value: bo } })).toMatchObject([{ id: bo, username: 'bo' }])
      expect(await refusal(`POST ${line}`, { json: { value: bo } })).toBe('400 member is already on the card')
      expect(await given(`POST ${line}`, { json: { value: ada } })).toMatchObject([{ id: bo }, { id: ada }])
      expect(await given(`DELETE ${line}/${bo}`)).toMatchObject([{ id: ada }])
      expect(await refusal(`DELETE ${line}/${bo}`)).toBe('404 model not found')
    }))
})

describe('a label of a card', () => {
  test('is added once, must be of the board, and is taken off once', () =>
    within(async (world) => {
      const { id } = boardIn(world)
      const other = await given('POST /boards', { json: { name: 'Other' } })
      const [foreign] = await given(`GET /boards/${other.id}/labels`)
      const label = await given('POST /labels', { json: { name: '', color: null, idBoard: id } })
      expect(label).toMatchObject({ name: '', color: null })
      const line = `/cards/${world.trello.card('ship it')?.id}/idLabels`
      expect(await given(`POST ${line}`, { json: { value: label.id } })).toEqual([label.id])
      expect(await refusal(`POST ${line}`, { json: { value: label.id } })).toBe('400 that label is already on the card')
      expect(await refusal(`POST ${line}`, { json: { value: foreign.id } })).toBe('400 invalid value for value')
      expect(await given(`DELETE ${line}/${label.id}`)).toEqual([])
      expect(await refusal(`DELETE ${line}/${label.id}`)).toBe('404 model not found')
    }))

  test.each(['green', 'sky_dark', 'black_light', 'null', ''])('may be %o', (color) =>
    within(async (world) => {
      const label = await given('POST /labels', { query: { name: 'one', color, idBoard: boardIn(world).id } })
      expect(label.color).toBe(color === '' || color === 'null' ? null : color)
    }),
  )

  test('may have no other colour', () =>
    within(async (world) => {
      const query = { name: 'one', color: 'mauve', idBoard: boardIn(world).id }
      expect(await refusal('POST /labels', { query })).toBe('400 invalid value for color')
    }))
})

describe('a checklist', () => {
  test('shows in the badges of its card what has been done, and what is due next', () =>
    within(async (world) => {
      const card = world.trello.card('ship it')?.id
      const { id } = await given(`POST /cards/${card}/checklists`, { json: { name: 'steps' } })
      const items = []
      for (const [name, due] of Object.entries({ late: '2026-03-01', early: '2026-02-01', never: '' })) {
        items.push(await given(`POST /checklists/${id}/checkItems`, { json: { name, due } }))
      }
      const early = '2026-02-01T00:00:00.000Z'
      const late = '2026-03-01T00:00:00.000Z'
      const badges = async (): Promise<unknown> => (await given(`GET /cards/${card}`)).badges
      expect(await badges()).toMatchObject({ checkItems: 3, checkItemsChecked: 0, checkItemsEarliestDue: early })
      const line = `PUT /cards/${card}/checkItem/${items[1].id}`
      expect((await given(line, { query: { state: 'complete' } })).state).toBe('complete')
      expect(await badges()).toMatchObject({ checkItems: 3, checkItemsChecked: 1, checkItemsEarliestDue: late })
      expect((await given(`GET /cards/${card}`)).checkItemStates).toEqual([
        { idCheckItem: items[1].id, state: 'complete' },
      ])
      for (const state of ['incomplete', 'true', 'false', 'complete']) {
        const done = state === 'true' || state === 'complete'
        expect((await given(line, { json: { state } })).state).toBe(done ? 'complete' : 'incomplete')
      }
      expect(await refusal(line, { json: { state: 'half' } })).toBe('400 invalid value for state')
      expect(await refusal(line.replace(card ?? '', world.trello.card('thank the reporter')?.id ?? ''))).toBe(
        '404 model not found',
      )
    }))

  test('is one of 500 on a card at most', () =>
    within(async (world) => {
      const card = world.trello.card('ship it')
      const idChecklists = Array.from({ length: 499 }, (_, at) => at.toString(16).padStart(24, '0'))
      if (card) world.trello.state.cards.set(card.id, { ...card, idChecklists })
      expect((await ask('POST /checklists', { json: { idCard: card?.id, name: 'the last' } })).status).toBe(200)
      const full = '403 Too many checklists'
      expect(await refusal('POST /checklists', { json: { idCard: card?.id, name: 'more' } })).toBe(full)
      expect(await refusal(`POST /cards/${card?.id}/checklists`, { json: { name: 'more' } })).toBe(full)
    }))
})

describe('an attachment', () => {
  test('may be a file: its name, type and size are kept, and it may be the cover', () =>
    within(async (world) => {
      const card = world.trello.card('ship it')?.id
      const multipart = new FormData()
      const bytes = new Uint8Array([0, 255, 128, 13, 10])
      multipart.set('file', new File([bytes], 'a b.png', { type: 'image/png' }))
      multipart.set('setCover', 'true')
      const made = await given(`POST /cards/${card}/attachments`, { multipart })
      expect(made).toMatchObject({
        name: 'a b.png',
        fileName: 'a b.png',
        mimeType: 'image/png',
        bytes: 5,
        isUpload: true,
      })
      expect(made.url).toBe(`https://trello.com/1/cards/${card}/attachments/${made.id}/download/a%20b.png`)
      const read = await given(`GET /cards/${card}`, { query: { attachments: true, attachment_fields: 'name' } })
      expect(read).toMatchObject({ idAttachmentCover: made.id, attachments: [{ id: made.id, name: 'a b.png' }] })
    }))

  test('needs a URL or a file, and a card has a thousand at most', () =>
    within(async (world) => {
      const card = world.trello.card('ship it')
      const line = `POST /cards/${card?.id}/attachments`
      expect(await refusal(line, { json: { name: 'nothing' } })).toBe('400 invalid value for url')
      expect(await refusal(line, { json: { url: 'no URL' } })).toBe('400 invalid value for url')
      expect(await refusal(line, { query: { file: 'of text' } })).toBe('400 invalid value for file')
      const idAttachments = Array.from({ length: 1_000 }, (_, at) => at.toString(16).padStart(24, '0'))
      if (card) world.trello.state.cards.set(card.id, { ...card, idAttachments })
      expect(await refusal(line, { json: { url: 'https://example.com' } })).toBe('403 Too many attachments')
    }))
})

describe('a list', () => {
  test('can be a copy of another one, with its open cards', () =>
    within(async (world) => {
      await given(`PUT /cards/${world.trello.card('ship it')?.id}`, { json: { closed: true } })
      const json = { idBoard: boardIn(world).id, name: 'Copy', idListSource: world.trello.list('To Do').id }
      const { id } = await given('POST /lists', { json })
      expect(names(await given(`GET /lists/${id}/cards`))).toEqual(['write the changelog', 'thank the reporter'])
      expect(world.trello.list('To Do').cards).toHaveLength(2)
    }))
})
