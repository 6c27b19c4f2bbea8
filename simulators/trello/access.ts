import type { CallContext, OperationBuilder, Reply, SimulatorContext } from '../../src/simulator/index.ts'
import { headerOf } from '../../src/simulator/index.ts'
import type { TrelloError } from './errors.ts'
import { idPattern } from './ids.ts'
import type { Board, Card, Token, TrelloState } from './state.ts'

/** Who calls. */
export interface Principal {
  /** `undefined` for a call without credentials, which may read public boards. */
  readonly key: string | undefined
  readonly token: string | undefined
  readonly idMember: string | undefined
}

/** Declares one operation of Trello. */
export type TrelloOperation = OperationBuilder<TrelloState, TrelloError, Principal>

/** What the helpers of handlers need of a call. */
export type TrelloContext = SimulatorContext<TrelloState>

/** Who may see what is a matter of its board. */
export type Seer = Pick<TrelloContext, 'state'> & { readonly principal: Principal }

/** Whoever asks for a thing may be refused. */
export type Asker = TrelloContext & Seer & Pick<CallContext<TrelloState, TrelloError>, 'call' | 'fail'>

type Judged = { readonly principal: Principal } | { readonly refused: Reply }

/** Finds out who calls: from the `Authorization` header, the query, or the body. */
export function authenticate(ctx: CallContext<TrelloState, TrelloError>): Judged {
  const { state } = ctx
  const authorization = headerOf(ctx.call, 'authorization') ?? ''
  const bearer = /^bearer +(\S+)/i.exec(authorization)?.[1]
  if (bearer !== undefined) return admitted(ctx, state.tokens.get(bearer))

  const isInHeader = /^oauth /i.test(authorization)
  const key = isInHeader ? /oauth_consumer_key="([^"]*)"/.exec(authorization)?.[1] : given(ctx, 'key')
  const token = isInHeader ? /oauth_token="([^"]*)"/.exec(authorization)?.[1] : given(ctx, 'token')
  const anonymous = { principal: { key, token, idMember: undefined } }
  if (key === undefined && token === undefined && isRead(ctx)) return anonymous
  if (key === undefined || !state.apps.has(key)) return { refused: ctx.fail('key_invalid') }
  if (token === undefined) return isRead(ctx) ? anonymous : { refused: ctx.fail('scopes_missing') }
  const granted = state.tokens.get(token)
  return admitted(ctx, granted?.key === key ? granted : undefined)
}

function given({ queryFields, bodyFields }: CallContext<TrelloState, TrelloError>, name: string): string | undefined {
  return textIn(queryFields[name]) ?? textIn(bodyFields[name])
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function admitted(ctx: CallContext<TrelloState, TrelloError>, granted: Token | undefined): Judged {
  if (!granted || hasLapsed(granted, ctx.clock.now())) return { refused: ctx.fail('token_invalid') }
  const { key, token, idMember, scopes } = granted
  if (!isRead(ctx) && !scopes.includes('write')) return { refused: ctx.fail('unauthorized') }
  return { principal: { key, token, idMember } }
}

function isRead({ call }: { readonly call: { readonly method: string } }): boolean {
  return call.method === 'GET'
}

/** Whether a token's time is over. */
export function hasLapsed({ dateExpires }: Token, nowMs: number): boolean {
  return dateExpires !== null && Date.parse(dateExpires) <= nowMs
}

/** Whether someone may see a board. */
export function sees({ state, principal }: Seer, board: Board): boolean {
  if (board.permissionLevel === 'public' || belongs(principal, board)) return true
  if (board.permissionLevel !== 'org' || principal.idMember === undefined) return false
  return state.organizations.get(board.idOrganization)?.idMembers.includes(principal.idMember) ?? false
}

/** Whether someone is a member of a board, and so may change it. */
export function belongs({ idMember }: Principal, { idMembers }: Board): boolean {
  return idMember !== undefined && idMembers.includes(idMember)
}

/** Whoever only reads must see the board; whoever writes must belong to it. */
function may(ctx: Asker, board: Board): boolean {
  return isRead(ctx) ? sees(ctx, board) : belongs(ctx.principal, board)
}

/** A board that the caller may read, or change if that is what the call is for; else the refusal. `id` may be its short link. */
export function boardFor(ctx: Asker, id: string, permits: typeof may = may): Board | Reply {
  const board = ctx.state.boards.get(fullId(ctx, id))
  if (!board) return ctx.fail('model_not_found')
  return permits(ctx, board) ? board : ctx.fail('unauthorized')
}

/** A card in the same way. */
export function cardFor(ctx: Asker, id: string, permits: typeof may = may): Card | Reply {
  const card = ctx.state.cards.get(fullId(ctx, id))
  const board = card && ctx.state.boards.get(card.idBoard)
  if (!card || !board) return ctx.fail('card_not_found')
  return permits(ctx, board) ? card : ctx.fail('unauthorized')
}

/** Something on a board in the same way. */
export function onBoardFor<Item extends { readonly idBoard: string }>(
  ctx: Asker,
  items: ReadonlyMap<string, Item>,
  id: string,
  permits: typeof may = may,
): Item | Reply {
  const item = items.get(id)
  const board = item && ctx.state.boards.get(item.idBoard)
  if (!item || !board) return ctx.fail('model_not_found')
  return permits(ctx, board) ? item : ctx.fail('unauthorized')
}

function fullId({ state }: Seer, id: string): string {
  return idPattern.test(id) ? id : (state.shortLinks.get(id) ?? '')
}

/** Tells a refusal from what was asked for. */
export function isReply(found: object): found is Reply {
  return 'status' in found && 'body' in found
}

type Of<Name extends string> = Asker & { readonly params: Readonly<Record<Name, string>> }

/** Answers with the board of the path's `id`, or that the caller may not. */
export function withBoard(ctx: Of<'id'>, answer: (board: Board) => Reply): Reply {
  const board = boardFor(ctx, ctx.params.id)
  return isReply(board) ? board : answer(board)
}

/** Answers with the card of the path's `id`, or that the caller may not. */
export function withCard(ctx: Of<'id'>, answer: (card: Card) => Reply): Reply {
  const card = cardFor(ctx, ctx.params.id)
  return isReply(card) ? card : answer(card)
}
