import assert from 'node:assert/strict'
import type { StateSeed } from '../../src/simulator/index.ts'
import { type BoardSpec, type CardSpec, type MemberSpec, type TrelloOptions, trelloCredentials } from './options.ts'
import { type Board, type Card, type Cover, type Label, posStep, type TrelloState } from './state.ts'

const owner: MemberSpec = { username: 'ada', fullName: 'Ada Okafor' }
const dayMs = 86_400_000

/** No cover. */
export const noCover: Cover = {
  idAttachment: null,
  color: null,
  idUploadedBackground: null,
  size: 'normal',
  brightness: 'light',
  idPlugin: null,
}

/** A Trello with one application, its token, and what the options ask for. */
export function firstState({ options, clock, ids }: StateSeed<TrelloOptions>): TrelloState {
  const state: TrelloState = {
    apps: new Map(),
    tokens: new Map(),
    members: new Map(),
    organizations: new Map(),
    boards: new Map(),
    lists: new Map(),
    labels: new Map(),
    cards: new Map(),
    checklists: new Map(),
    attachments: new Map(),
    actions: new Map(),
    actionsMax: actionsMaxOf(options),
    webhooks: new Map(),
    shortLinks: new Map(),
  }
  const now = new Date(clock.now()).toISOString()
  for (const { username, fullName } of [owner, ...(options.members ?? [])]) {
    const id = ids.next()
    const initials = fullName.replace(/(\w)\w*\W*/g, '$1').toUpperCase()
    state.members.set(id, { id, username, fullName, initials, email: `${username}@example.com` })
  }
  const idOrganization = ids.next()
  state.organizations.set(idOrganization, {
    id: idOrganization,
    name: 'workspace',
    displayName: 'Workspace',
    idMembers: [...state.members.keys()],
  })
  const { key, token, secret } = trelloCredentials
  const [idMember = ''] = state.members.keys()
  state.apps.set(key, { key, secret, name: 'Stuntdouble' })
  state.tokens.set(token, {
    id: ids.next(),
    token,
    key,
    idMember,
    dateCreated: new Date(clock.now() - 30 * dayMs).toISOString(),
    dateExpires: null,
    scopes: ['read', 'write'],
  })
  for (const board of options.boards ?? []) addBoard(state, board, { ids, now, idOrganization })
  return state
}

function actionsMaxOf({ actionsMax }: TrelloOptions): number | null {
  if (actionsMax === undefined) return null
  const says = `actionsMax counts the action that has just happened, so it is a whole number from 1; got ${actionsMax}.`
  assert(Number.isInteger(actionsMax) && actionsMax >= 1, says)
  return actionsMax
}

interface Making {
  readonly ids: StateSeed<TrelloOptions>['ids']
  readonly now: string
  readonly idOrganization: string
}

function addBoard(state: TrelloState, spec: BoardSpec, making: Making): void {
  const { ids, now, idOrganization } = making
  const idMembers = [...state.members.keys()]
  const board: Board = {
    id: ids.next(),
    name: spec.name,
    desc: spec.desc ?? '',
    closed: false,
    idMemberCreator: idMembers[0] ?? '',
    idOrganization,
    shortLink: ids.next('shortLink'),
    permissionLevel: spec.permissionLevel ?? 'private',
    background: 'blue',
    labelNames: {},
    idMembers,
    dateLastActivity: now,
    cardsMade: spec.lists.reduce((sum, { cards = [] }) => sum + cards.length, 0),
  }
  state.boards.set(board.id, board)
  state.shortLinks.set(board.shortLink, board.id)
  const labels = (spec.labels ?? []).map(
    ({ name, color }): Label => ({ id: ids.next(), idBoard: board.id, name, color }),
  )
  for (const label of labels) state.labels.set(label.id, label)
  let idShort = 0
  for (const [at, { name, cards = [] }] of spec.lists.entries()) {
    const idList = ids.next()
    const pos = (at + 1) * posStep
    state.lists.set(idList, { id: idList, name, closed: false, idBoard: board.id, pos, subscribed: false })
    for (const [index, card] of cards.entries()) {
      addCard(state, card, { ...making, board, labels, idList, idShort: ++idShort, pos: 65_535 + index * posStep })
    }
  }
}

interface CardMaking extends Making {
  readonly board: Board
  readonly labels: readonly Label[]
  readonly idList: string
  readonly idShort: number
  readonly pos: number
}

function addCard(state: TrelloState, spec: CardSpec, making: CardMaking): void {
  const { ids, now, board, labels, idList, idShort, pos } = making
  const card: Card = {
    ...newCard({ id: ids.next(), shortLink: ids.next('shortLink'), idShort, idBoard: board.id, idList, pos, now }),
    name: spec.name,
    desc: spec.desc ?? '',
    due: spec.due ?? null,
    idLabels: labels.filter(({ name }) => spec.labels?.includes(name)).map(({ id }) => id),
    idMembers: [...state.members.values()]
      .filter(({ username }) => spec.members?.includes(username))
      .map(({ id }) => id),
  }
  const checklist = spec.checklist && addChecklist(state, spec.checklist, card, ids)
  state.cards.set(card.id, checklist ? { ...card, idChecklists: [checklist] } : card)
  state.shortLinks.set(card.shortLink, card.id)
}

function addChecklist(state: TrelloState, names: readonly string[], card: Card, ids: Making['ids']): string {
  const id = ids.next()
  const checkItems = names.map((name, at) => ({
    id: ids.next(),
    idChecklist: id,
    name,
    state: 'incomplete' as const,
    pos: (at + 1) * posStep,
    due: null,
    dueReminder: null,
    idMember: null,
  }))
  state.checklists.set(id, { id, name: 'Checklist', idBoard: card.idBoard, idCard: card.id, pos: posStep, checkItems })
  return id
}

/** What a card is made from. */
export type NewCard = Pick<Card, 'id' | 'shortLink' | 'idShort' | 'idBoard' | 'idList' | 'pos'> & {
  readonly now: string
}

/** A card about which nothing is said yet. */
export function newCard({ now, ...place }: NewCard): Card {
  return {
    ...place,
    name: '',
    desc: '',
    closed: false,
    due: null,
    start: null,
    dueComplete: false,
    dueReminder: null,
    subscribed: false,
    idMembers: [],
    idLabels: [],
    idChecklists: [],
    idAttachments: [],
    idAttachmentCover: null,
    cardRole: null,
    address: null,
    locationName: null,
    coordinates: null,
    cover: noCover,
    comments: 0,
    dateLastActivity: now,
  }
}
