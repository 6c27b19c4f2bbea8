import type { Seer } from './access.ts'
import { newCard } from './first-state.ts'
import { boardData, cardData, type Historian, happened, listData, storeCard } from './history.ts'
import { isoOf } from './ids.ts'
import { type Card, type Cover, type List, type Position, placeAmong, type TrelloState } from './state.ts'

/** What a caller may say of a card; absent: not said. */
export interface CardWishes {
  readonly name?: string | undefined
  readonly desc?: string | undefined
  readonly pos?: Position | undefined
  readonly due?: string | null | undefined
  readonly start?: string | null | undefined
  readonly dueComplete?: boolean | undefined
  readonly closed?: boolean | undefined
  readonly subscribed?: boolean | undefined
  readonly idList?: string | undefined
  readonly idMembers?: readonly string[] | undefined
  readonly idLabels?: readonly string[] | undefined
  readonly idAttachmentCover?: string | null | undefined
  readonly cardRole?: string | undefined
  /** Parts that a copy keeps: `all`, or `due`, `start`, `labels`, `members`, `checklists`. */
  readonly keepFromSource?: readonly string[] | undefined
  readonly address?: string | undefined
  readonly locationName?: string | undefined
  readonly coordinates?: string | undefined
  readonly cover?: { readonly [Member in keyof Cover]?: Cover[Member] | undefined } | undefined
}

const plainMembers = [
  ...(['name', 'desc', 'due', 'start', 'dueComplete', 'closed', 'subscribed', 'idMembers', 'idLabels'] as const),
  ...(['idAttachmentCover', 'cardRole', 'address', 'locationName', 'coordinates'] as const),
] satisfies (keyof CardWishes & keyof Card)[]

/** Makes a card in a list, as a copy of another one if there is a `source`. */
export function createCard(ctx: Historian, list: List, wishes: CardWishes, source: Card | undefined): Card {
  const { state, ids, clock } = ctx
  const board = state.boards.get(list.idBoard)
  const idShort = (board?.cardsMade ?? 0) + 1
  const now = isoOf(clock.now())
  const place = { idBoard: list.idBoard, idList: list.id, pos: placeIn(ctx, list.id, wishes.pos) }
  const blank = newCard({ id: ids.next(), shortLink: ids.next('shortLink'), idShort, ...place, now })
  const card = wished({ ...blank, ...(source && kept(ctx, source, blank, wishes.keepFromSource ?? ['all'])) }, wishes)
  state.cards.set(card.id, card)
  state.shortLinks.set(card.shortLink, card.id)
  if (board) state.boards.set(board.id, { ...board, cardsMade: idShort, dateLastActivity: now })
  const cardSource = source && { id: source.id, name: source.name, idShort: source.idShort }
  const data = { ...cardData(state, card), ...(cardSource && { cardSource }) }
  happened(ctx, { type: source ? 'copyCard' : 'createCard', data })
  ctx.effect({ what: 'card created', key: `${card.name} in ${list.name}` })
  return card
}

/** What a copy has of its source. Labels and members belong to a board and stay there. */
function kept({ state, ids }: Historian, source: Card, copy: Card, parts: readonly string[]): Partial<Card> {
  const keeps = (part: string): boolean => parts.includes('all') || parts.includes(part)
  const isAtHome = source.idBoard === copy.idBoard
  const checklists = (keeps('checklists') ? source.idChecklists : []).flatMap((id) => state.checklists.get(id) ?? [])
  const idChecklists = checklists.map((checklist) => {
    const id = ids.next()
    const checkItems = checklist.checkItems.map((item) => ({ ...item, id: ids.next(), idChecklist: id }))
    state.checklists.set(id, { ...checklist, id, idBoard: copy.idBoard, idCard: copy.id, checkItems })
    return id
  })
  return {
    name: source.name,
    desc: source.desc,
    idChecklists,
    ...(keeps('due') && { due: source.due }),
    ...(keeps('start') && { start: source.start }),
    ...(keeps('labels') && isAtHome && { idLabels: source.idLabels }),
    ...(keeps('members') && isAtHome && { idMembers: source.idMembers }),
  }
}

/** Changes a card. What is already as it was wished is no change: no history, no effect. */
export function updateCard(ctx: Historian, card: Card, wishes: CardWishes): Card {
  const { state } = ctx
  const idList = wishes.idList ?? card.idList
  const list = state.lists.get(idList)
  const moves = idList !== card.idList
  const pos = moves || wishes.pos !== undefined ? placeIn(ctx, idList, wishes.pos, card.id) : card.pos
  const wanted = wished({ ...card, idList, pos, idBoard: list?.idBoard ?? card.idBoard }, wishes)
  const changed = changesOf(card, wanted)
  if (changed.length === 0) return card
  const after = storeCard(ctx, wanted)
  if (after.idBoard !== card.idBoard) takeChecklistsAlong(state, after)
  if (moves) tellMove(ctx, card, after)
  for (const member of changed) {
    if (member === 'idList' || member === 'idBoard' || (member === 'pos' && moves)) continue
    tellChange(ctx, card, after, member)
  }
  return after
}

/** Checklists of a card that went to another board go with it. */
export function takeChecklistsAlong({ checklists }: TrelloState, { idBoard, idChecklists }: Card): void {
  for (const id of idChecklists) {
    const checklist = checklists.get(id)
    if (checklist) checklists.set(id, { ...checklist, idBoard })
  }
}

/** Deletes a card, and all that hangs on it. */
export function deleteCard(ctx: Historian, card: Card): void {
  const { state } = ctx
  const { name: _, ...data } = cardData(state, card)['card'] as Record<string, unknown>
  state.cards.delete(card.id)
  state.shortLinks.delete(card.shortLink)
  for (const id of card.idChecklists) state.checklists.delete(id)
  for (const id of card.idAttachments) state.attachments.delete(id)
  happened(ctx, { type: 'deleteCard', data: { ...cardData(state, card), card: data } })
  ctx.effect({ what: 'card deleted', key: card.name })
}

/** Where in a list something goes; the card itself is not its own neighbour. */
function placeIn({ state }: Seer, idList: string, pos: Position | undefined, idCard?: string): number {
  if (typeof pos === 'number') return pos
  const neighbours: Card[] = []
  for (const card of state.cards.values()) {
    if (card.idList === idList && !card.closed && card.id !== idCard) neighbours.push(card)
  }
  return placeAmong(neighbours, pos)
}

/** Fulfils the wishes in `copy`, which must be a card that nobody else has. */
function wished(copy: Card, wishes: CardWishes): Card {
  const after = copy as unknown as Record<string, unknown>
  for (const member of plainMembers) if (wishes[member] !== undefined) after[member] = wishes[member]
  if (wishes.cover) after['cover'] = { ...copy.cover, ...wishes.cover }
  return copy
}

function changesOf(before: Card, after: Card): readonly (keyof Card)[] {
  const changed: (keyof Card)[] = []
  for (const member of Object.keys(after) as (keyof Card)[]) {
    if (!isSame(before[member], after[member])) changed.push(member)
  }
  return changed
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (typeof other === 'object' && JSON.stringify(one) === JSON.stringify(other))
}

function tellMove(ctx: Historian, before: Card, after: Card): void {
  const { state } = ctx
  const from = state.lists.get(before.idList)
  const to = state.lists.get(after.idList)
  const { card, board } = cardData(state, after)
  const idList = { ...(card as object), idList: after.idList }
  const leavesBoard = before.idBoard !== after.idBoard
  const source = state.boards.get(before.idBoard)
  const data: Record<string, unknown> = { card: idList, board, old: { idList: before.idList } }
  if (from) data['listBefore'] = listData(from)
  if (to) data['listAfter'] = listData(to)
  if (leavesBoard && to) data['list'] = listData(to)
  if (leavesBoard && source) data['boardSource'] = boardData(source)
  happened(ctx, {
    type: leavesBoard ? 'moveCardToBoard' : 'updateCard',
    data,
    translationKey: leavesBoard ? 'action_move_card_to_board' : 'action_move_card_from_list_to_list',
  })
  ctx.effect({ what: 'card moved', key: `${after.name} to ${to?.name ?? ''}` })
}

function tellChange(ctx: Historian, before: Card, after: Card, member: keyof Card): void {
  const { card, ...place } = cardData(ctx.state, after)
  happened(ctx, {
    type: 'updateCard',
    data: { ...place, card: { ...(card as object), [member]: after[member] }, old: { [member]: before[member] } },
    translationKey: translationOf(after, member),
  })
  if (member === 'closed') ctx.effect({ what: after.closed ? 'card archived' : 'card sent to board', key: after.name })
  else ctx.effect({ what: 'card changed', key: `${after.name}: ${member}` })
}

function translationOf(card: Card, member: keyof Card): string {
  if (member === 'closed') return card.closed ? 'action_archived_card' : 'action_sent_card_to_board'
  if (member === 'name') return 'action_renamed_card'
  if (member === 'desc') return 'action_changed_description_of_card'
  if (member === 'due') return card.due === null ? 'action_removed_a_due_date' : 'action_added_a_due_date'
  return 'unknown'
}

/** Puts a label on a card, which Trello tells twice. */
export function addLabel(ctx: Historian, card: Card, idLabel: string): Card {
  return relabel(ctx, card, [...card.idLabels, idLabel], idLabel, 'addLabelToCard')
}

/** Takes a label off a card, which Trello tells twice. */
export function removeLabel(ctx: Historian, card: Card, idLabel: string): Card {
  const idLabels = card.idLabels.filter((id) => id !== idLabel)
  return relabel(ctx, card, idLabels, idLabel, 'removeLabelFromCard')
}

function relabel(
  ctx: Historian,
  before: Card,
  idLabels: readonly string[],
  idLabel: string,
  type: 'addLabelToCard' | 'removeLabelFromCard',
): Card {
  const after = storeCard(ctx, { ...before, idLabels })
  const label = ctx.state.labels.get(idLabel)
  const { card, ...place } = cardData(ctx.state, after)
  const named = label && { id: label.id, name: label.name, color: label.color }
  happened(ctx, { type, data: { ...place, card, text: label?.name ?? '', value: label?.color ?? null, label: named } })
  happened(ctx, {
    type: 'updateCard',
    data: { ...place, card: { ...(card as object), idLabels }, old: { idLabels: before.idLabels } },
    translationKey: 'unknown',
  })
  ctx.effect({ what: type === 'addLabelToCard' ? 'label added' : 'label removed', key: labelKey(after, label) })
  return after
}

function labelKey(card: Card, label: { readonly name: string; readonly color: string | null } | undefined): string {
  return `${label?.name || label?.color || 'label'} on ${card.name}`
}

/** Makes someone a member of a card. */
export function addMember(ctx: Historian, card: Card, idMember: string): Card {
  return remember(ctx, card, [...card.idMembers, idMember], idMember, 'addMemberToCard')
}

/** Takes someone off a card. */
export function removeMember(ctx: Historian, card: Card, idMember: string): Card {
  const idMembers = card.idMembers.filter((id) => id !== idMember)
  return remember(ctx, card, idMembers, idMember, 'removeMemberFromCard')
}

function remember(
  ctx: Historian,
  before: Card,
  idMembers: readonly string[],
  idMember: string,
  type: 'addMemberToCard' | 'removeMemberFromCard',
): Card {
  const after = storeCard(ctx, { ...before, idMembers })
  const member = ctx.state.members.get(idMember)
  happened(ctx, {
    type,
    data: { ...cardData(ctx.state, after), idMember, member: { id: idMember, name: member?.fullName ?? '' } },
    idMember,
  })
  const what = type === 'addMemberToCard' ? 'member added' : 'member removed'
  ctx.effect({ what, key: `${member?.username ?? ''} on ${after.name}` })
  return after
}
