import { trelloCredentials } from 'stuntdouble/simulators/trello'
import { expect } from 'vitest'

const { key, token } = trelloCredentials

/** What a call by hand came to; JSON is parsed, all else is text. */
export interface PlainAnswer {
  readonly status: number
  readonly body: unknown
}

/** Makes a call as some HTTP client makes it: a refusal is an answer too. */
export type PlainCall = (
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  headers: Readonly<Record<string, string>>,
  json: object | undefined,
) => Promise<PlainAnswer>

interface Named {
  readonly id: string
  readonly name: string
}

/**
 * The life of a board in calls written by hand: board, lists, cards, labels, checklists, comments, members, webhooks,
 * search, batch.
 *
 * @param base    Where Trello answers: `https://api.trello.com`, or a server.
 * @param settle  Lets deliveries arrive.
 */
export async function worksABoardByHand(
  call: PlainCall,
  base: string,
  { callback, settle }: { readonly callback: string; readonly settle: () => Promise<void> },
): Promise<void> {
  const authorization = `OAuth oauth_consumer_key="${key}", oauth_token="${token}"`
  const send = (line: string, json?: object): Promise<PlainAnswer> => {
    const [method = '', path = ''] = line.split(' ')
    return call(method as 'GET', `${base}/1${path}`, { authorization }, json)
  }
  const ask = async <Body>(line: string, json?: object): Promise<Body> => {
    const { status, body } = await send(line, json)
    expect([line, status]).toEqual([line, 200])
    return body as Body
  }

  const me = await ask<{ readonly id: string; readonly username: string }>('GET /members/me')
  expect(me.username).toBe('ada')
  const board = await ask<Named>('POST /boards/', { name: 'Launch' })
  const lists = await ask<Named[]>(`GET /boards/${board.id}/lists`)
  expect(lists.map(({ name }) => name)).toEqual(['To Do', 'Doing', 'Done'])
  const [todo, , done] = lists.map(({ id }) => id)
  const webhook = await ask<Named>('POST /webhooks/', { callbackURL: callback, idModel: board.id })
  const label = await ask<Named>('POST /labels', { idBoard: board.id, name: 'urgent', color: 'red' })
  const card = await ask<Named & { readonly idShort: number }>('POST /cards', {
    idList: todo,
    name: 'light the fuse 🚀',
  })
  expect(card).toMatchObject({ name: 'light the fuse 🚀', idList: todo, idShort: 1 })

  expect(await ask(`PUT /cards/${card.id}?idList=${done}`)).toMatchObject({ idList: done })
  expect(await ask(`POST /cards/${card.id}/actions/comments`, { text: 'done & dusted' })).toMatchObject({
    data: { text: 'done & dusted' },
  })
  expect(await ask(`POST /cards/${card.id}/idLabels`, { value: label.id })).toEqual([label.id])
  expect(await ask(`POST /cards/${card.id}/idMembers`, { value: me.id })).toMatchObject([{ username: 'ada' }])
  expect(await send(`POST /cards/${card.id}/idMembers`, { value: me.id })).toEqual({
    status: 400,
    body: 'member is already on the card',
  })
  const steps = await ask<Named>('POST /checklists', { idCard: card.id, name: 'steps' })
  const step = await ask<Named>(`POST /checklists/${steps.id}/checkItems`, { name: 'fuel' })
  expect(await ask(`PUT /cards/${card.id}/checkItem/${step.id}`, { state: 'complete' })).toMatchObject({
    state: 'complete',
  })
  expect(await ask(`GET /cards/${card.id}?fields=badges`)).toMatchObject({ badges: { comments: 1, checkItems: 1 } })
  expect(await ask(`GET /search?query=${encodeURIComponent('the fuse')}`)).toMatchObject({ cards: [{ id: card.id }] })
  const urls = encodeURIComponent(`/cards/${card.id},/cards/0123456789abcdef01234567`)
  expect(await ask(`GET /batch?urls=${urls}`)).toMatchObject([{ 200: { id: card.id } }, { statusCode: 404 }])

  await settle()
  expect(await ask(`GET /webhooks/${webhook.id}`)).toMatchObject({ active: true, consecutiveFailures: 0 })
  expect(await ask(`DELETE /cards/${card.id}`)).toEqual({ limits: {} })
  expect(await send(`GET /cards/${card.id}`)).toEqual({ status: 404, body: 'card not found' })
  await ask(`DELETE /boards/${board.id}`)
}
