/** The type of an action that this double writes into its history; also the topic of its deliveries. */
export type ActionType =
  | 'createBoard'
  | 'copyBoard'
  | 'updateBoard'
  | 'createList'
  | 'updateList'
  | 'moveListToBoard'
  | 'createLabel'
  | 'createCard'
  | 'copyCard'
  | 'updateCard'
  | 'moveCardToBoard'
  | 'deleteCard'
  | 'commentCard'
  | 'addMemberToCard'
  | 'removeMemberFromCard'
  | 'addLabelToCard'
  | 'removeLabelFromCard'
  | 'addAttachmentToCard'
  | 'addChecklistToCard'
  | 'createCheckItem'
  | 'updateCheckItem'
  | 'updateCheckItemStateOnCard'

/** As members of an object, so that one that is missing does not compile. */
const told: Readonly<Record<ActionType, true>> = {
  createBoard: true,
  copyBoard: true,
  updateBoard: true,
  createList: true,
  updateList: true,
  moveListToBoard: true,
  createLabel: true,
  createCard: true,
  copyCard: true,
  updateCard: true,
  moveCardToBoard: true,
  deleteCard: true,
  commentCard: true,
  addMemberToCard: true,
  removeMemberFromCard: true,
  addLabelToCard: true,
  removeLabelFromCard: true,
  addAttachmentToCard: true,
  addChecklistToCard: true,
  createCheckItem: true,
  updateCheckItem: true,
  updateCheckItemStateOnCard: true,
}

/** Every type of action. */
export const actionTypes: readonly ActionType[] = Object.keys(told) as ActionType[]
