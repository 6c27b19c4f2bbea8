import type { CallContext, OperationBuilder, Reply, SimulatorContext } from '../../src/simulator/index.ts'
import { headerOf, textReply } from '../../src/simulator/index.ts'
import type { TrelloError } from './errors.ts'
import { idPattern } from './ids.ts'
import type { Board, Card, TrelloState } from './state.ts'

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
export type Seer = TrelloContext & { readonly principal: Principal }

interface Credentials {
  readonly key: string | undefined
  readonly token: string | undefined
}

/** Finds out who calls: from the `Authorization` header, the query, or the body. */
export function authenticate(
  ctx: CallContext<TrelloState, TrelloError>,
): { readonly principal: Principal } | { readonly refused: Reply } {
  const { state, call } = ctx
  const { key, token } = credentialsOf(ctx)
  const reads = call.method === 'GET'
  if (key === undefined && token === undefined && reads) return { principal: { key, token, idMember: undefined } }
  if (key === undefined || !state.apps.has(key)) return { refused: ctx.fail('key_invalid') }
  if (token === undefined) {
    return reads ? { principal: { key, token, idMember: undefined } } : { refused: ctx.fail('scopes_missing') }
  }
  const granted = state.tokens.get(token)
  const hasLapsed = granted?.dateExpires != null && Date.parse(granted.dateExpires) <= ctx.clock.now()
  if (!granted || granted.key !== key || hasLapsed) return { refused: ctx.fail('token_invalid') }
  if (!reads && !granted.scopes.includes('write')) return { refused: ctx.fail('unauthorized') }
  return { principal: { key, token, idMember: granted.idMember } }
}

function credentialsOf(ctx: CallContext<TrelloState, TrelloError>): Credentials {
  const authorization = headerOf(ctx.call, 'authorization')
  if (authorization?.startsWith('OAuth ')) {
    return {
      key: /oauth_consumer_key="([^"]*)"/.exec(authorization)?.[1],
      token: /oauth_token="([^"]*)"/.exec(authorization)?.[1],
    }
  }
  if (authorization?.startsWith('Bearer ')) {
    const token = authorization.slice('Bearer '.length)
    return { key: ctx.state.tokens.get(token)?.key, token }
  }
  const { queryFields, bodyFields } = ctx
  return {
    key: textIn(queryFields['key']) ?? textIn(bodyFields['key']),
    token: textIn(queryFields['token']) ?? textIn(bodyFields['token']),
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A board that the caller may see, or the refusal. `id` may be its short link. */
export function seenBoard({ state, principal }: Seer, id: string): Board | Reply {
  const board = state.boards.get(idPattern.test(id) ? id : (state.shortLinks.get(id) ?? ''))
  if (!board) return notFound
  return sees(principal, board) ? board : unauthorized
}

/** A card that the caller may see, or the refusal. `id` may be its short link. */
export function seenCard({ state, principal }: Seer, id: string): Card | Reply {
  const card = state.cards.get(idPattern.test(id) ? id : (state.shortLinks.get(id) ?? ''))
  const board = card && state.boards.get(card.idBoard)
  if (!card || !board) return cardNotFound
  return sees(principal, board) ? card : unauthorized
}

/** Something on a board that the caller may see, or the refusal. */
export function seenOnBoard<Item extends { readonly idBoard: string }>(
  { state, principal }: Seer,
  items: ReadonlyMap<string, Item>,
  id: string,
): Item | Reply {
  const item = items.get(id)
  const board = item && state.boards.get(item.idBoard)
  if (!item || !board) return notFound
  return sees(principal, board) ? item : unauthorized
}

/** Whether someone may see a board. */
export function sees({ idMember }: Principal, board: Board): boolean {
  return board.permissionLevel === 'public' || (idMember !== undefined && board.idMembers.includes(idMember))
}

/** Tells a refusal from what was asked for. */
export function isReply(found: object): found is Reply {
  return 'status' in found && 'body' in found
}

const notFound = textReply(404, 'model not found')
const cardNotFound = textReply(404, 'card not found')
const unauthorized = textReply(401, 'unauthorized permission requested')
