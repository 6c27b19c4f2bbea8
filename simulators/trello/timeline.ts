import { idPattern, madeAt } from './ids.ts'
import type { Action, TrelloState } from './state.ts'

/** Which actions are wanted. */
export interface ActionQuery {
  /** Types with commas, each with an optional member that changed (`updateCard:idList`); `all`. */
  readonly types?: string | undefined
  /** Only those before this ISO date, or before the action or moment of this id. */
  readonly before?: string | undefined
  /** Only those after this ISO date, or after the action or moment of this id. */
  readonly since?: string | undefined
  /** @defaultValue 50 */
  readonly limit?: number | undefined
  /** From 0. */
  readonly page?: number | undefined
  readonly idMember?: string | undefined
}

/** Actions that are told to whoever says no number. */
export const limitDefault = 50

/** Actions that fit, the newest first. */
export function actionsWhere(
  { actions }: TrelloState,
  { types = 'all', before, since, limit = limitDefault, page = 0, idMember }: ActionQuery,
  concerns: (data: Action['data']) => boolean,
): readonly Action[] {
  const all = [...actions.values()]
  const { from, to } = stretchOf(all, ({ date }) => Date.parse(date), { before, since })
  const wanted = types === 'all' ? undefined : types.split(',')
  const found: Action[] = []
  for (let at = to - 1; at >= from && found.length < (page + 1) * limit; at--) {
    const action = all[at]
    if (!action || !concerns(action.data)) continue
    if (idMember !== undefined && action.idMemberCreator !== idMember) continue
    if (!wanted || wanted.some((type) => isOfType(action, type))) found.push(action)
  }
  return found.slice(page * limit)
}

/**
 * The part of a row of things, in order of their making, that lies between two of them or between two moments: from
 * `from` up to, and not with, `to`.
 */
export function stretchOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  instantIn: (item: Item) => number,
  { before, since }: { readonly before?: string | undefined; readonly since?: string | undefined },
): { readonly from: number; readonly to: number } {
  const placeOf = (given: string): number => items.findIndex(({ id }) => id === given)
  let [from, to] = [0, items.length]
  if (before !== undefined) {
    const known = placeOf(before)
    const first = known >= 0 ? known : items.findIndex((item) => instantIn(item) >= instantOf(before))
    if (first >= 0) to = first
  }
  if (since !== undefined) {
    const known = placeOf(since)
    from = 1 + (known >= 0 ? known : items.findLastIndex((item) => instantIn(item) <= instantOf(since)))
  }
  return { from, to }
}

/** The moment of an ISO date, or of an id's making: milliseconds since 1970. */
export function instantOf(given: string): number {
  return idPattern.test(given) ? madeAt(given) : Date.parse(given)
}

function isOfType({ type, data }: Action, wanted: string): boolean {
  const [name, member] = wanted.split(':')
  if (type !== name) return false
  return member === undefined || Object.hasOwn((data['old'] as object | undefined) ?? {}, member)
}

/** Whether a text is something that `before` and `since` take. */
export function isMoment(given: string): boolean {
  return idPattern.test(given) || Number.isFinite(Date.parse(given))
}
