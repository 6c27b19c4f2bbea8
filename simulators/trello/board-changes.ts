import { newCard } from './first-state.ts'
import { boardData, type Historian, happened } from './history.ts'
import { boardColours } from './input.ts'
import { type Board, inOrder, type Label, type List, posStep } from './state.ts'

/** What a caller may say of a new board. */
export interface BoardWishes {
  readonly name: string
  readonly desc?: string | undefined
  readonly defaultLists: boolean
  readonly defaultLabels: boolean
  readonly idOrganization?: string | undefined
  /** `cards`: what a copied board keeps beside its lists and labels. */
  readonly keepFromSource: readonly string[]
  readonly prefs_permissionLevel?: Board['permissionLevel'] | undefined
  readonly prefs_background?: string | undefined
}

/** Makes a board, as a copy of another one if there is a `source`. */
export function createBoard(ctx: Historian, wishes: BoardWishes, source: Board | undefined): Board {
  const { state, ids, clock } = ctx
  const idMember = ctx.principal.idMember ?? ''
  const [workspace = ''] = state.organizations.keys()
  const board: Board = {
    id: ids.next(),
    name: wishes.name,
    desc: wishes.desc ?? source?.desc ?? '',
    closed: false,
    idMemberCreator: idMember,
    idOrganization: wishes.idOrganization ?? workspace,
    shortLink: ids.next('shortLink'),
    permissionLevel: wishes.prefs_permissionLevel ?? 'private',
    background: wishes.prefs_background ?? 'blue',
    labelNames: source?.labelNames ?? {},
    idMembers: [idMember],
    dateLastActivity: new Date(clock.now()).toISOString(),
    cardsMade: 0,
  }
  state.boards.set(board.id, board)
  state.shortLinks.set(board.shortLink, board.id)
  if (source) copyContents(ctx, source, board, wishes.keepFromSource.includes('cards'))
  else addDefaults(ctx, board, wishes)
  happened(ctx, {
    type: source ? 'copyBoard' : 'createBoard',
    data: { board: boardData(board), ...(source && { boardSource: boardData(source) }) },
  })
  ctx.effect({ what: 'board created', key: board.name })
  return state.boards.get(board.id) ?? board
}

function addDefaults(ctx: Historian, board: Board, { defaultLists, defaultLabels }: BoardWishes): void {
  const names = defaultLists ? ['To Do', 'Doing', 'Done'] : []
  for (const [at, name] of names.entries()) addList(ctx, board, name, (at + 1) * posStep)
  for (const color of defaultLabels ? boardColours : []) addLabel(ctx, board, { name: '', color })
}

function copyContents(ctx: Historian, source: Board, board: Board, keepsCards: boolean): void {
  const { state, ids, clock } = ctx
  const now = new Date(clock.now()).toISOString()
  const isOfSource = ({ idBoard }: { readonly idBoard: string }): boolean => idBoard === source.id
  const labels = new Map<string, string>()
  for (const label of [...state.labels.values()].filter(isOfSource))
    labels.set(label.id, addLabel(ctx, board, label).id)
  let idShort = 0
  for (const from of inOrder(state.lists.values(), (list) => isOfSource(list) && !list.closed)) {
    const list = addList(ctx, board, from.name, from.pos)
    const cards = keepsCards ? inOrder(state.cards.values(), ({ idList, closed }) => idList === from.id && !closed) : []
    for (const { name, desc, due, start, pos, idLabels } of cards) {
      const place = { idShort: ++idShort, idBoard: board.id, idList: list.id, pos, now }
      const blank = newCard({ id: ids.next(), shortLink: ids.next('shortLink'), ...place })
      const copied = { name, desc, due, start, idLabels: idLabels.flatMap((id) => labels.get(id) ?? []) }
      state.cards.set(blank.id, { ...blank, ...copied })
      state.shortLinks.set(blank.shortLink, blank.id)
    }
  }
  state.boards.set(board.id, { ...board, cardsMade: idShort })
}

function addList({ state, ids }: Historian, { id: idBoard }: Board, name: string, pos: number): List {
  const list: List = { id: ids.next(), name, closed: false, idBoard, pos, subscribed: false }
  state.lists.set(list.id, list)
  return list
}

function addLabel({ state, ids }: Historian, board: Board, { name, color }: Pick<Label, 'name' | 'color'>): Label {
  const label: Label = { id: ids.next(), idBoard: board.id, name, color }
  state.labels.set(label.id, label)
  return label
}

/** What a caller may say of a board that stands, beside the names of its label colours; absent: not said. */
export interface BoardChanges {
  readonly name?: string | undefined
  readonly desc?: string | undefined
  readonly closed?: boolean | undefined
  readonly 'prefs/permissionLevel'?: Board['permissionLevel'] | undefined
  readonly 'prefs/background'?: string | undefined
}

/** Changes a board. What is already as it was wished is no change: no history, no effect. */
export function updateBoard(ctx: Historian, board: Board, given: BoardChanges): Board {
  const { 'prefs/permissionLevel': permissionLevel, 'prefs/background': background, name, desc, closed } = given
  const colours = coloursNamed(given).filter(([colour, named]) => named !== (board.labelNames[colour] ?? ''))
  const wanted: Board = {
    ...board,
    name: name ?? board.name,
    desc: desc ?? board.desc,
    closed: closed ?? board.closed,
    permissionLevel: permissionLevel ?? board.permissionLevel,
    background: background ?? board.background,
    labelNames: { ...board.labelNames, ...Object.fromEntries(colours) },
  }
  const changed = (['name', 'desc', 'closed', 'permissionLevel', 'background'] as const).filter(
    (member) => wanted[member] !== board[member],
  )
  if (changed.length === 0 && colours.length === 0) return board
  const after = { ...wanted, dateLastActivity: new Date(ctx.clock.now()).toISOString() }
  ctx.state.boards.set(board.id, after)
  for (const member of changed) {
    const data = { board: { ...boardData(after), [member]: after[member] }, old: { [member]: board[member] } }
    happened(ctx, { type: 'updateBoard', data })
    ctx.effect({ what: 'board changed', key: `${after.name}: ${member}` })
  }
  for (const [colour] of colours) ctx.effect({ what: 'board changed', key: `${after.name}: label ${colour}` })
  return after
}

function coloursNamed(given: object): readonly (readonly [string, string])[] {
  const prefix = 'labelNames/'
  return Object.entries(given).flatMap(([field, value]) =>
    field.startsWith(prefix) && typeof value === 'string' ? [[field.slice(prefix.length), value] as const] : [],
  )
}

/** Deletes a board, and all that stands on it. */
export function deleteBoard(ctx: Historian, board: Board): void {
  const { state } = ctx
  for (const card of state.cards.values()) {
    if (card.idBoard !== board.id) continue
    state.cards.delete(card.id)
    state.shortLinks.delete(card.shortLink)
    for (const id of card.idAttachments) state.attachments.delete(id)
  }
  for (const items of [state.lists, state.labels, state.checklists] as const) {
    for (const { id, idBoard } of items.values()) if (idBoard === board.id) items.delete(id)
  }
  state.boards.delete(board.id)
  state.shortLinks.delete(board.shortLink)
  ctx.effect({ what: 'board deleted', key: board.name })
}
