import { type Seer, sees } from './access.ts'
import { boardModel, cardModel, listModel, type Model, memberModel, organizationModel } from './models.ts'
import type { Board } from './state.ts'

/** Whether someone may watch the model of this id: a board, list, card, member or workspace. */
export function mayWatch(seer: Seer, id: string): boolean {
  const home = homeOf(seer, id)
  if (home) return sees(seer, home)
  const { members, organizations } = seer.state
  return members.has(id) || (organizations.get(id)?.idMembers.includes(seer.principal.idMember ?? '') ?? false)
}

/** The board that a board, list or card is, or stands on. */
function homeOf({ state: { boards, cards, lists } }: Seer, id: string): Board | undefined {
  return boards.get(cards.get(id)?.idBoard ?? lists.get(id)?.idBoard ?? id)
}

/** Whether something that was watched has been deleted. */
export function isGone(seer: Seer, id: string): boolean {
  const { members, organizations } = seer.state
  return homeOf(seer, id) === undefined && !members.has(id) && !organizations.has(id)
}

/** The model of this id as a delivery tells it; nothing but the id when it is gone. */
export function watchedModel({ state }: Pick<Seer, 'state'>, id: string): Model {
  const board = state.boards.get(id)
  if (board) return boardModel(state, board)
  const card = state.cards.get(id)
  if (card) return cardModel(state, card)
  const list = state.lists.get(id)
  if (list) return listModel(list)
  const member = state.members.get(id)
  if (member) return memberModel(member)
  const organization = state.organizations.get(id)
  return organization ? organizationModel(organization) : { id }
}
