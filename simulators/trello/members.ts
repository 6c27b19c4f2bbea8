import * as z from 'zod'
import { jsonReply, type OperationDefinition, type Reply } from '../../src/simulator/index.ts'
import { type Asker, type Seer, sees, type TrelloOperation } from './access.ts'
import { listsOf } from './board-reads.ts'
import * as input from './input.ts'
import { boardModel, memberModel, organizationModel, ownMemberModel } from './models.ts'
import type { Board, Member } from './state.ts'

type Fields = input.Fields

/** Names of the operations on members. */
export type MemberOperation = 'members.get' | 'members.boards'

const ReadQuery = z.object({
  fields: input.fields.optional(),
  boards: z.string().optional(),
  board_fields: input.fields.optional(),
  organizations: z.string().optional(),
  organization_fields: input.fields.optional(),
})
const BoardsQuery = z.object({
  filter: z.string().default('all'),
  fields: input.fields.optional(),
  lists: z.enum(['all', 'closed', 'none', 'open']).optional(),
  organization: input.flag.default(false),
  organization_fields: input.fields.optional(),
})

/** Operations on members. */
export function memberOperations(operation: TrelloOperation): Readonly<Record<MemberOperation, OperationDefinition>> {
  const params = { id: input.memberId }
  return {
    'members.get': operation('GET /1/members/:id', { params, query: ReadQuery }, (ctx) =>
      withMember(ctx, (member) => {
        const { fields, boards, board_fields, organizations, organization_fields } = ctx.query
        const isOwn = member.id === ctx.principal.idMember
        return jsonReply(200, {
          ...input.picked(isOwn ? ownMemberModel(ctx.state, member) : memberModel(member), fields),
          ...(boards && {
            boards: boardsOf(ctx, member, boards).map((board) =>
              input.picked(boardModel(ctx.state, board), board_fields),
            ),
          }),
          ...(organizations && {
            organizations: organizationsOf(ctx, organizations === 'none' ? [] : [member.id], organization_fields),
          }),
        })
      }),
    ),
    'members.boards': operation('GET /1/members/:id/boards', { params, query: BoardsQuery }, (ctx) =>
      withMember(ctx, (member) => {
        const { filter, fields, lists, organization, organization_fields } = ctx.query
        const boards = boardsOf(ctx, member, filter).map((board) => {
          const home = ctx.state.organizations.get(board.idOrganization)
          return {
            ...input.picked(boardModel(ctx.state, board), fields),
            ...(lists && { lists: listsOf(ctx, board, { filter: lists }) }),
            ...(organization && home && { organization: input.picked(organizationModel(home), organization_fields) }),
          }
        })
        return jsonReply(200, boards)
      }),
    ),
  }
}

function withMember(
  ctx: Asker & { readonly params: { readonly id: string } },
  answer: (member: Member) => Reply,
): Reply {
  if (ctx.principal.idMember === undefined) return ctx.fail('unauthorized')
  const member = memberNamed(ctx, ctx.params.id)
  return member ? answer(member) : ctx.fail('model_not_found')
}

/** A member by id, user name or `me`. */
function memberNamed({ state, principal }: Seer, given: string): Member | undefined {
  if (given === 'me') return state.members.get(principal.idMember ?? '')
  return state.members.get(given) ?? [...state.members.values()].find(({ username }) => username === given)
}

/** Boards of a member that the caller may see too. */
function boardsOf(ctx: Seer, member: Member, filter: string): readonly Board[] {
  return [...ctx.state.boards.values()].filter(
    (board) => board.idMembers.includes(member.id) && sees(ctx, board) && isShown(board, filter),
  )
}

function isShown({ closed, permissionLevel }: Board, filter: string): boolean {
  if (filter === 'none') return false
  if (filter === 'open' || filter === 'closed') return closed === (filter === 'closed')
  if (filter === 'public') return permissionLevel === 'public'
  return true
}

/** Workspaces of all these members. */
function organizationsOf({ state }: Seer, idMembers: readonly string[], fields: Fields): readonly object[] {
  return [...state.organizations.values()]
    .filter((organization) => idMembers.some((id) => organization.idMembers.includes(id)))
    .map((organization) => input.picked(organizationModel(organization), fields))
}
