import { trelloCredentials } from 'stuntdouble/simulators/trello'
import type { createTrelloClient } from 'trello.js'
import { expect } from 'vitest'
import type { TrelloWorld } from './asking.ts'

type Client = ReturnType<typeof createTrelloClient>

const { token: apiToken } = trelloCredentials

/** Where the story's webhooks arrive. */
export const hooks = 'https://hooks.example'

/** Everything that trello.js has for the operations of the simulator, in one story; what it parses has passed its schemas. */
export async function worksABoard(client: Client, world: Pick<TrelloWorld, 'settle'>): Promise<void> {
  const me = await client.members.getMember({ id: 'me' })
  expect(me).toMatchObject({ username: 'ada', fullName: 'Ada Okafor' })
  expect((await client.members.getMemberBoards({ id: 'me' })).map(({ name }) => name)).toEqual(['Kanban'])

  const board = await client.boards.createBoard({ name: 'Launch', desc: 'of the rocket' })
  await client.boards.updateBoard({ id: board.id, desc: 'of the second rocket' })
  expect((await client.boards.getBoard({ id: board.shortLink ?? '' })).desc).toBe('of the second rocket')
  const lists = await client.boards.getBoardLists({ id: board.id })
  expect(lists.map(({ name }) => name)).toEqual(['To Do', 'Doing', 'Done'])
  const [todo = '', doing = '', done = ''] = lists.map(({ id }) => id)
  const later = await client.boards.createBoardList({ id: board.id, name: 'Later', pos: 'bottom' })
  const never = await client.lists.createList({ idBoard: board.id, name: 'Never' })
  expect((await client.lists.updateList({ id: never.id, closed: true })).closed).toBe(true)
  expect(await client.lists.getList({ id: never.id })).toMatchObject({ name: 'Never', closed: true })
  expect((await client.boards.getBoardLists({ id: board.id })).at(-1)?.id).toBe(later.id)
  const label = await client.labels.createLabel({ idBoard: board.id, name: 'urgent', color: 'red_dark' })
  expect((await client.boards.getBoardLabels({ id: board.id })).map(({ name }) => name)).toContain('urgent')
  const webhook = await client.webhooks.createWebhook({ callbackURL: `${hooks}/trello`, idModel: board.id })

  const card = await client.cards.createCard({ idList: todo, name: 'ship it', desc: 'soon', due: '2026-02-01' })
  expect(card).toMatchObject({ name: 'ship it', idList: todo, idShort: 1, closed: false, due: new Date('2026-02-01') })
  const { id } = card
  expect((await client.cards.updateCard({ id, idList: doing, pos: 'top' })).idList).toBe(doing)
  expect((await client.cards.createCardComment({ id, text: 'nearly' })).data).toMatchObject({ text: 'nearly' })
  expect((await client.cards.addCardMember({ id, value: me.id })).map(({ username }) => username)).toEqual(['ada'])
  await expect(client.cards.addCardMember({ id, value: me.id })).rejects.toThrow('400 Bad Request - member is already')
  await client.cards.addCardLabel({ id, value: label.id })
  const link = await client.cards.createCardAttachment({ id, url: 'https://example.com/plan', name: 'plan' })
  expect(link).toMatchObject({ name: 'plan', isUpload: false })
  const steps = await client.checklists.createChecklist({ idCard: id, name: 'steps' })
  await client.cards.createCardChecklist({ id, name: 'more steps' })
  const step = await client.checklists.createChecklistItem({ id: steps.id, name: 'fuel' })
  await client.cards.updateCardCheckItem({ id, idCheckItem: step.id, state: 'complete' })
  expect((await client.checklists.getChecklist({ id: steps.id })).checkItems?.[0]).toMatchObject({ state: 'complete' })
  expect(await client.cards.getCardChecklists({ id })).toHaveLength(2)
  expect(await client.cards.getCard({ id: card.shortLink ?? '' })).toMatchObject({
    badges: { comments: 1, attachments: 1, checkItems: 1, checkItemsChecked: 1 },
    idMembers: [me.id],
    labels: [{ name: 'urgent', color: 'red_dark' }],
  })
  await client.cards.removeCardMember({ id, idMember: me.id })
  await client.cards.removeCardLabel({ id, idLabel: label.id })
  expect(await client.lists.getListCards({ id: doing })).toMatchObject([{ id, idMembers: [], idLabels: [] }])
  await client.cards.updateCard({ id, idList: done })
  const moves = await client.cards.getCardActions({ id, filter: 'updateCard:idList' })
  expect(moves.map(({ data }) => (data['listAfter'] as { readonly name: string }).name)).toEqual(['Done', 'Doing'])

  const found = await client.search.search({ query: 'ship', modelTypes: 'cards,boards' })
  expect(found.cards?.map(({ name }) => name)).toEqual(['ship it', 'ship it'])
  const [names, first] = await client.batch.run((b) => [
    b.boards.getBoardLists({ id: board.id }),
    b.cards.getCard({ id }),
  ])
  expect(names.map(({ name }) => name)).toContain('Later')
  expect(first.name).toBe('ship it')

  await world.settle()
  const heard = await client.webhooks.getWebhook({ id: webhook.id })
  expect(heard).toMatchObject({ active: true, consecutiveFailures: 0 })
  await client.webhooks.updateWebhook({ id: webhook.id, description: 'of the launch' })
  expect(await client.tokens.getTokenWebhooks({ token: apiToken })).toMatchObject([{ description: 'of the launch' }])
  await client.tokens.createTokenWebhook({ token: apiToken, callbackURL: `${hooks}/of-card`, idModel: id })
  expect(await client.tokens.getToken({ token: apiToken })).toMatchObject({ idMember: me.id, dateExpires: null })
  await client.webhooks.deleteWebhook({ id: webhook.id })

  await endsTheBoard(client, board.id, id)
}

/** Reads what has happened, then archives and deletes until nothing is left, the token included. */
async function endsTheBoard(client: Client, idBoard: string, id: string): Promise<void> {
  const history = await client.boards.getBoardActions({ boardId: idBoard, limit: 1_000 })
  const types = ['createBoard', 'createList', 'createLabel', 'createCard', 'updateCard', 'commentCard', 'updateBoard']
  expect(history.map(({ type }) => type)).toEqual(expect.arrayContaining(types))
  expect(await client.boards.getBoardCards({ id: idBoard })).toHaveLength(1)
  await client.cards.updateCard({ id, closed: true })
  expect(await client.boards.getBoardCards({ id: idBoard })).toEqual([])
  expect(await client.boards.getBoardCardsByFilter({ id: idBoard, filter: 'closed' })).toHaveLength(1)
  expect(await client.boards.getBoardMembers({ id: idBoard })).toHaveLength(1)
  await client.cards.deleteCard({ id })
  await expect(client.cards.getCard({ id })).rejects.toThrow('404 Not Found - card not found')
  await client.boards.deleteBoard({ id: idBoard })
  await client.tokens.deleteToken({ token: apiToken })
  await expect(client.members.getMember({ id: 'me' })).rejects.toThrow('401 Unauthorized - invalid token')
}
