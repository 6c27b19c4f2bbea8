import * as z from 'zod'
import { jsonReply, type OperationDefinition } from '../../src/simulator/index.ts'
import { type Principal, type Seer, sees, type TrelloOperation } from './access.ts'
import * as input from './input.ts'
import { boardModel, listModel, memberModel, ownMemberModel } from './models.ts'
import { type Board, inOrder, type Member } from './state.ts'

/** Names of the operations on members. */
export type MemberOperation = 'members.get' | 'members.boards'

const ReadQuery = z.object({
  fields: input.fields.optional(),
  boards: z.string().optional(),
  board_fields: input.fields.optional(),
})
const BoardsQuery = z.object({
  filter: z.string().default('all'),
  fields: input.fields.optional(),
  lists: z.enum(['all', 'closed', 'none', 'open']).optional(),
})

/** Operations on members. */
export function memberOperations(operation: TrelloOperation): Readonly<Record<MemberOperation, OperationDefinition>> {
  const params = { id: input.memberId }
  return {
    'members.get': operation('GET /1/members/:id', { params, query: ReadQuery }, (ctx) => {
      if (ctx.principal.idMember === undefined) return ctx.fail('unauthorized')
      const member = memberNamed(ctx, ctx.params.id)
      if (!member) return ctx.fail('model_not_found')
      const { fields, boards, board_fields } = ctx.query
      const isOwn = member.id === ctx.principal.idMember
      const model = isOwn ? ownMemberModel(ctx.state, member) : memberModel(member)
      return jsonReply(200, {
        ...input.picked(model, fields),
        ...(boards && {
          boards: boardsOf(ctx, member, boards).map((board) =>
            input.picked(boardModel(ctx.state, board), board_fields),
          ),
        }),
      })
    }),
    'members.boards': operation('GET /1/members/:id/boards', { params, query: BoardsQuery }, (ctx) => {
      if (ctx.principal.idMember === undefined) return ctx.fail('unauthorized')
      const member = memberNamed(ctx, ctx.params.id)
      if (!member) return ctx.fail('model_not_found')
      const { filter, fields, lists } = ctx.query
      const boards = boardsOf(ctx, member, filter).map((board) => ({
        ...input.picked(boardModel(ctx.state, board), fields),
        ...(lists && lists !== 'none' && { lists: listsOf(ctx, board, lists) }),
      }))
      return jsonReply(200, boards)
    }),
  }
}

/** A member by id, user name or `me`. */
function memberNamed({ state, principal }: Seer, given: string): Member | undefined {
  if (given === 'me') return state.members.get(principal.idMember ?? '')
  return state.members.get(given) ?? [...state.members.values()].find(({ username }) => username === given)
}

/** Boards of a member that the caller may see too. */
function boardsOf({ state, principal }: Seer, member: Member, filter: string): readonly Board[] {
  return [...state.boards.values()].filter(
    (board) => board.idMembers.includes(member.id) && sees(principal as Principal, board) && isShown(board, filter),
  )
}

function isShown({ closed, permissionLevel }: Board, filter: string): boolean {
  if (filter === 'none') return false
  if (filter === 'open' || filter === 'closed') return closed === (filter === 'closed')
  if (filter === 'public') return permissionLevel === 'public'
  return true
}

function listsOf({ state }: Seer, board: Board, filter: 'all' | 'closed' | 'open'): readonly object[] {
  return inOrder(
    state.lists.values(),
    ({ idBoard, closed }) => idBoard === board.id && (filter === 'all' || closed === (filter === 'closed')),
  ).map(listModel)
}
