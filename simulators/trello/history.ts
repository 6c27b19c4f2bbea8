import type { EffectNote } from '../../src/simulator/index.ts'
import type { Seer, TrelloContext } from './access.ts'
import type { ActionType } from './action-types.ts'
import { isoOf } from './ids.ts'
import type { Action, Board, Card, List, TrelloState } from './state.ts'

/** What a handler needs to write history. */
export type Historian = TrelloContext &
  Seer & {
    emit(topic: string, payload: unknown): void
    effect(note: EffectNote): void
  }

/** What is told of something that happened. */
export interface Happening {
  readonly type: ActionType
  readonly data: Readonly<Record<string, unknown>>
  /** The member that it happened to. */
  readonly idMember?: string
  /** @defaultValue `action_<type in snake case>` */
  readonly translationKey?: string
}

/** Adds an action to the history, and tells those who listen. */
export function happened(ctx: Historian, { type, data, idMember, translationKey }: Happening): Action {
  const action: Action = {
    id: ctx.ids.next(),
    type,
    date: isoOf(ctx.clock.now()),
    idMemberCreator: ctx.principal.idMember ?? '',
    idMember: idMember ?? null,
    data,
    translationKey: translationKey ?? translationKeyOf(type),
  }
  ctx.state.actions.set(action.id, action)
  forgetOldest(ctx.state)
  ctx.emit(type, action)
  return action
}

const translationKeys = new Map<string, string>()

/** One string for all actions of a type: history holds many thousands of them. */
function translationKeyOf(type: string): string {
  let key = translationKeys.get(type)
  if (key === undefined) {
    key = `action_${type.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
    translationKeys.set(type, key)
  }
  return key
}

/** Where the oldest action of a history stands. */
const oldestIn = new WeakMap<TrelloState['actions'], MapIterator<string>>()

/**
 * One walk through the map for as long as it is there, since a new one would first pass the empty places of all that was
 * deleted since the map was last made anew: up to as many as it keeps, on each write.
 */
function forgetOldest({ actions, actionsMax }: Pick<TrelloState, 'actions' | 'actionsMax'>): void {
  if (actionsMax === null || actions.size <= actionsMax) return
  let oldest = oldestIn.get(actions)
  if (!oldest) {
    oldest = actions.keys()
    oldestIn.set(actions, oldest)
  }
  while (actions.size > actionsMax) {
    const { value, done } = oldest.next()
    if (done) return
    actions.delete(value)
  }
}

/** A board as actions name it. */
export function boardData({ id, name, shortLink }: Board): Readonly<Record<string, unknown>> {
  return { id, name, shortLink }
}

/** A list as actions name it. */
export function listData({ id, name }: List): Readonly<Record<string, unknown>> {
  return { id, name }
}

/** A card, its list and its board as actions name them. */
export function cardData(state: TrelloState, card: Card): Readonly<Record<string, unknown>> {
  const { id, name, idShort, shortLink } = card
  const list = state.lists.get(card.idList)
  const board = state.boards.get(card.idBoard)
  const data: Record<string, unknown> = { card: { id, name, idShort, shortLink } }
  if (list) data['list'] = listData(list)
  if (board) data['board'] = boardData(board)
  return data
}

/** Puts a changed card in its place, with the time of the change. */
export function storeCard(ctx: Historian, card: Card): Card {
  const stored = { ...card, dateLastActivity: isoOf(ctx.clock.now()) }
  ctx.state.cards.set(card.id, stored)
  return stored
}
