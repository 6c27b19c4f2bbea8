import * as z from 'zod'
import {
  type Call,
  headerOf,
  jsonReply,
  type OperationDefinition,
  type Reply,
  textOf,
} from '../../src/simulator/index.ts'
import { belongs, type Seer, sees, type TrelloOperation } from './access.ts'
import { idIn } from './card-reads.ts'
import * as input from './input.ts'
import { actionModel, boardModel, cardModel, memberModel, organizationModel } from './models.ts'
import type { Board, Card } from './state.ts'

/** Names of the operations that look across boards, or bundle reads. */
export type SearchOperation = 'search.query' | 'batch.get'

const SearchQuery = z.object({
  query: input.text,
  modelTypes: input.several.default(['all']),
  idBoards: input.several.default(['mine']),
  partial: input.flag.default(false),
  cards_limit: input.digits.pipe(z.int().max(1_000)).default(10),
  cards_page: input.digits.pipe(z.int().max(100)).default(0),
  boards_limit: input.digits.pipe(z.int().max(1_000)).default(10),
  card_fields: input.fields.optional(),
  board_fields: input.fields.optional(),
})
const urlsMax = 10
const modelTypes = ['actions', 'boards', 'cards', 'members', 'organizations'] as const

/** Operations that look across boards, or bundle reads. */
export function searchOperations(operation: TrelloOperation): Readonly<Record<SearchOperation, OperationDefinition>> {
  return {
    'search.query': operation('GET /1/search', { query: SearchQuery }, (ctx) =>
      ctx.principal.idMember === undefined ? ctx.fail('unauthorized') : jsonReply(200, searched(ctx, ctx.query)),
    ),
    'batch.get': operation('GET /1/batch', { query: z.object({ urls: input.text }) }, async (ctx) => {
      const urls = ctx.query.urls.split(',')
      if (urls.length > urlsMax || urls.some((url) => !url.startsWith('/'))) return ctx.fail('value_invalid', 'urls')
      const items: object[] = []
      for (const url of urls) items.push(batchItem(await ctx.nested(nestedCall(ctx.call, url))))
      return jsonReply(200, items)
    }),
  }
}

/** The inner call has the outer one's credentials, wherever they stood, unless it has its own. */
function nestedCall(outer: Call, url: string): Call {
  const [path = '', query = ''] = url.split('?')
  const given = new URLSearchParams(outer.query)
  const own = new URLSearchParams(query)
  const lent = new URLSearchParams()
  for (const name of ['key', 'token']) {
    const value = given.get(name)
    if (value !== null && !own.has(name)) lent.set(name, value)
  }
  return { ...outer, path: `/1${path}`, query: [query, lent.toString()].filter((part) => part !== '').join('&') }
}

function batchItem(reply: Reply): object {
  const text = textOf(reply.body)
  if (reply.status === 200) return { 200: JSON.parse(text) }
  const isText = headerOf(reply, 'content-type')?.startsWith('text/plain')
  return { statusCode: reply.status, name: errorNames[reply.status] ?? 'Error', message: isText ? text : '' }
}

const errorNames: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'UnauthorizedError',
  403: 'ForbiddenError',
  404: 'NotFoundError',
}

function searched(ctx: Seer, query: z.output<typeof SearchQuery>): object {
  const { query: text, partial, idBoards } = query
  const terms = termsOf(text)
  const isInScope = (board: Board | undefined): boolean => {
    if (board === undefined) return false
    return idBoards.includes('mine') ? belongs(ctx.principal, board) : sees(ctx, board) && idBoards.includes(board.id)
  }
  const fits = (texts: readonly string[]): boolean => terms.every((term) => matchesText(term, texts, partial))
  const types = query.modelTypes.includes('all') ? modelTypes : query.modelTypes
  const found: Record<string, unknown> = {
    options: { terms: terms.map((term) => ({ text: term.text })), modifiers: [], modelTypes: types, partial },
  }
  for (const type of modelTypes) {
    if (types.includes(type)) found[type] = finders[type]({ ctx, query, terms, isInScope, fits })
  }
  return found
}

interface Hunt {
  readonly ctx: Seer
  readonly query: z.output<typeof SearchQuery>
  readonly terms: readonly Term[]
  isInScope(board: Board | undefined): boolean
  fits(texts: readonly string[]): boolean
}

/** What of each kind is found, in order of making. */
const finders: Readonly<Record<(typeof modelTypes)[number], (hunt: Hunt) => readonly object[]>> = {
  actions: ({ ctx: { state }, fits, isInScope }) =>
    [...state.actions.values()]
      .filter(({ type, data }) => type === 'commentCard' && isInScope(state.boards.get(idIn(data, 'board') ?? '')))
      .filter(({ data }) => fits([String(data['text'])]))
      .map((action) => actionModel(state, action)),
  boards: ({ ctx: { state }, query, isInScope, fits }) =>
    [...state.boards.values()]
      .filter((board) => isInScope(board) && fits([board.name]))
      .slice(0, query.boards_limit)
      .map((board) => input.picked(boardModel(state, board), query.board_fields)),
  cards: ({ ctx, query, terms, isInScope }) => {
    const from = query.cards_page * query.cards_limit
    return [...ctx.state.cards.values()]
      .filter((card) => isInScope(ctx.state.boards.get(card.idBoard)))
      .filter((card) => terms.every((term) => matchesCard(ctx, card, term, query.partial)))
      .slice(from, from + query.cards_limit)
      .map((card) => input.picked(cardModel(ctx.state, card), query.card_fields))
  },
  members: ({ ctx: { state }, fits }) =>
    [...state.members.values()].filter(({ fullName, username }) => fits([fullName, username])).map(memberModel),
  organizations: ({ ctx: { state, principal }, fits }) =>
    [...state.organizations.values()]
      .filter(({ idMembers }) => idMembers.includes(principal.idMember ?? ''))
      .filter(({ name, displayName }) => fits([name, displayName]))
      .map(organizationModel),
}

/** One word of a query, perhaps with an operator: `list:Done`, `-is:archived`, `"two words"`. */
interface Term {
  readonly text: string
  readonly operator: string | undefined
  readonly isNot: boolean
}

function termsOf(query: string): readonly Term[] {
  const words = query.match(/-?(?:[a-z]+:)?(?:"[^"]*"|\S+)/gi) ?? []
  return words.map((word) => {
    const isNot = word.startsWith('-') && word.length > 1
    const bare = isNot ? word.slice(1) : word
    const operator = /^(name|description|board|list|label|member|is|checklist|comment):/i.exec(bare)?.[1]
    const rest = operator === undefined ? bare : bare.slice(operator.length + 1)
    const sign =
      operator === undefined && /^[@#]./.test(rest) ? { '@': 'member', '#': 'label' }[rest[0] ?? ''] : undefined
    const text = (sign ? rest.slice(1) : rest).replaceAll('"', '').toLowerCase()
    return { text, operator: sign ?? operator?.toLowerCase(), isNot }
  })
}

function matchesCard({ state }: Seer, card: Card, term: Term, partial: boolean): boolean {
  const { operator, text } = term
  if (operator === 'is') return is(card, text) !== term.isNot
  const where: Readonly<Record<string, () => readonly string[]>> = {
    name: () => [card.name],
    description: () => [card.desc],
    board: () => [state.boards.get(card.idBoard)?.name ?? ''],
    list: () => [state.lists.get(card.idList)?.name ?? ''],
    label: () => card.idLabels.flatMap((id) => [state.labels.get(id)?.name ?? '', state.labels.get(id)?.color ?? '']),
    member: () =>
      card.idMembers.flatMap((id) => [state.members.get(id)?.username ?? '', state.members.get(id)?.fullName ?? '']),
    checklist: () => card.idChecklists.map((id) => state.checklists.get(id)?.name ?? ''),
    comment: () => commentsOn(state, card),
  }
  const texts = where[operator ?? '']?.() ?? [card.name, card.desc, ...commentsOn(state, card)]
  return matchesText(term, texts, partial)
}

function commentsOn({ actions }: Seer['state'], card: Card): readonly string[] {
  if (card.comments === 0) return []
  return [...actions.values()].flatMap(({ type, data }) => {
    const isHere = type === 'commentCard' && idIn(data, 'card') === card.id
    return isHere ? [String(data['text'])] : []
  })
}

function is({ closed }: Card, state: string): boolean {
  return state === 'archived' ? closed : state === 'open' ? !closed : false
}

/** A term matches whole words; with `partial` the beginning of one is enough. */
function matchesText({ text, isNot, operator }: Term, texts: readonly string[], partial: boolean): boolean {
  const wanted = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = new RegExp(`(^|[^\\p{L}\\p{N}])${wanted}${partial || operator ? '' : '($|[^\\p{L}\\p{N}])'}`, 'iu')
  return texts.some((one) => pattern.test(one)) !== isNot
}
