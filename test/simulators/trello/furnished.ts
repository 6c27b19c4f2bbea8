import { type BoardSpec, type TrelloOperationName, trelloCredentials } from 'stuntdouble/simulators/trello'
import { receiverOf, type TrelloWorld, trelloWorld } from './asking.ts'

/** One thing that Trello can be asked, and how it answers. Words that begin with a colon stand for ids of `furnish`. */
export interface Row {
  /** Number in the table of endpoints. */
  readonly row: number
  readonly operation: TrelloOperationName
  readonly line: string
  /** Parameters of the ordinary call. */
  readonly params?: Readonly<Record<string, string>>
  /** Parameters without which it is refused with `400 invalid value for …`. */
  readonly required?: readonly string[]
  /** What is said when one of these, in path or parameters, is the id of nothing. */
  readonly unknown?: Readonly<Record<string, string>>
  /** What is said when one of these, in path or parameters, is no id. @defaultValue `400 invalid id` for the first in the path */
  readonly malformed?: Readonly<Record<string, string>>
  /** What someone is told who is on none of the boards. @defaultValue `401 unauthorized permission requested` */
  readonly stranger?: string
  /** What someone is told who brings no credentials. @defaultValue the same for a read, `401 invalid key` for a write */
  readonly nobody?: string
  readonly answers: (ids: Ids) => unknown
}

const board: BoardSpec = {
  name: 'Launch',
  labels: [
    { name: 'urgent', color: 'red' },
    { name: 'spare', color: 'green_dark' },
  ],
  lists: [
    {
      name: 'To Do',
      cards: [{ name: 'ship it', labels: ['urgent'], members: ['bo'], checklist: ['fuel'] }, { name: 'rest' }],
    },
    { name: 'Done' },
  ],
}

/** Ids by the words that rows use. */
export type Ids = Readonly<Record<string, string>>

/** A world with one of everything. */
export function furnished(seed = 1): { readonly world: TrelloWorld; readonly ids: Ids } {
  const receivers = { 'https://hooks.example': receiverOf().receive }
  const world = trelloWorld(
    { boards: [board], members: [{ username: 'bo', fullName: 'Bo Lindqvist' }] },
    { receivers, seed },
  )
  const { state } = world.trello
  const { id, shortLink, idOrganization } = world.trello.board()
  const card = world.trello.card('ship it')
  const [checklist] = [...state.checklists.values()]
  const [urgent, spare] = [...state.labels.keys()]
  const [ada, bo] = [...state.members.keys()]
  const { token } = trelloCredentials
  const webhook = 'd0d0d0d0d0d0d0d0d0d0d0d0'
  const counts = { active: true, consecutiveFailures: 0, firstConsecutiveFailDate: null }
  const address = { description: 'of the launch', callbackURL: 'https://hooks.example/old', idModel: id }
  state.webhooks.set(webhook, { id: webhook, ...address, ...counts, token })
  const ids = {
    board: id,
    boardLink: shortLink,
    organization: idOrganization,
    list: world.trello.list('To Do').id,
    done: world.trello.list('Done').id,
    card: card?.id,
    cardLink: card?.shortLink,
    rest: world.trello.card('rest')?.id,
    checklist: checklist?.id,
    item: checklist?.checkItems[0]?.id,
    urgent,
    spare,
    ada,
    bo,
    token,
    webhook,
  }
  return { world, ids: Object.fromEntries(Object.entries(ids).map(([name, one]) => [name, one ?? ''])) }
}

/** What is said of a board that there is not. */
export const boardUnknown: Readonly<Record<string, string>> = { ':board': '404 model not found' }
/** What is said of a list that there is not. */
export const listUnknown: Readonly<Record<string, string>> = { ':list': '404 model not found' }
/** What is said of a card that there is not. */
export const cardUnknown: Readonly<Record<string, string>> = { ':card': '404 card not found' }

/** Words that begin with a colon become the ids that they stand for. */
export function filled(text: string, ids: Ids): string {
  return text.replace(/:([a-z]+)/gi, (word, name: string) => ids[name] ?? word)
}

/** Parameters of a row's ordinary call. */
export function paramsOf({ params = {} }: Row, ids: Ids): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, filled(value, ids)]))
}

/** Whether a row's call changes something. */
export function isWrite({ line }: Pick<Row, 'line'>): boolean {
  return !line.startsWith('GET')
}
