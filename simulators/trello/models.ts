import type {
  Action,
  Attachment,
  Board,
  Card,
  CheckItem,
  Checklist,
  Label,
  List,
  Member,
  Organization,
  Token,
  TrelloState,
  Webhook,
} from './state.ts'

/** A thing as a reply tells it. */
export type Model = Readonly<Record<string, unknown>>

/** A card, as every read and write of one answers. */
export function cardModel(state: TrelloState, card: Card): Model {
  const url = `https://trello.com/c/${card.shortLink}`
  return {
    id: card.id,
    badges: badgesOf(state, card),
    checkItemStates: checkItemStatesOf(state, card),
    closed: card.closed,
    dueComplete: card.dueComplete,
    dateLastActivity: card.dateLastActivity,
    desc: card.desc,
    descData: { emoji: {} },
    due: card.due,
    dueReminder: card.dueReminder,
    email: null,
    idBoard: card.idBoard,
    idChecklists: card.idChecklists,
    idList: card.idList,
    idMembers: card.idMembers,
    idMembersVoted: [],
    idShort: card.idShort,
    idAttachmentCover: card.idAttachmentCover,
    labels: card.idLabels.flatMap((id) => labelModelOf(state, id)),
    idLabels: card.idLabels,
    manualCoverAttachment: false,
    name: card.name,
    pos: card.pos,
    shortLink: card.shortLink,
    shortUrl: url,
    start: card.start,
    subscribed: card.subscribed,
    url: `${url}/${card.idShort}-${slugOf(card.name)}`,
    cover: card.cover,
    isTemplate: false,
    cardRole: card.cardRole,
    address: card.address,
    locationName: card.locationName,
    coordinates: card.coordinates,
  }
}

function badgesOf(state: TrelloState, card: Card): Model {
  const items = checkItemsOf(state, card)
  const dues = items.flatMap(({ due, state: done }) => (due !== null && done === 'incomplete' ? due : []))
  return {
    attachmentsByType: { trello: { board: 0, card: 0 } },
    location: card.coordinates !== null || card.address !== null,
    votes: 0,
    viewingMemberVoted: false,
    subscribed: card.subscribed,
    fogbugz: '',
    checkItems: items.length,
    checkItemsChecked: items.filter((item) => item.state === 'complete').length,
    checkItemsEarliestDue: dues.sort()[0] ?? null,
    comments: card.comments,
    attachments: card.idAttachments.length,
    description: card.desc !== '',
    due: card.due,
    dueComplete: card.dueComplete,
    start: card.start,
  }
}

function checkItemStatesOf(state: TrelloState, card: Card): readonly Model[] {
  return checkItemsOf(state, card)
    .filter((item) => item.state === 'complete')
    .map((item) => ({ idCheckItem: item.id, state: item.state }))
}

const noItems: readonly CheckItem[] = Object.freeze([])

function checkItemsOf({ checklists }: TrelloState, { idChecklists }: Card): readonly CheckItem[] {
  if (idChecklists.length === 0) return noItems
  return idChecklists.flatMap((id) => checklists.get(id)?.checkItems ?? noItems)
}

function labelModelOf(state: TrelloState, id: string): Model | [] {
  const label = state.labels.get(id)
  return label ? labelModel(label) : []
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

/** A board. */
export function boardModel(state: TrelloState, board: Board): Model {
  const url = `https://trello.com/b/${board.shortLink}`
  return {
    id: board.id,
    name: board.name,
    desc: board.desc,
    descData: null,
    closed: board.closed,
    idOrganization: board.idOrganization,
    idEnterprise: null,
    idMemberCreator: board.idMemberCreator,
    pinned: false,
    starred: false,
    subscribed: false,
    shortLink: board.shortLink,
    shortUrl: url,
    url: `${url}/${slugOf(board.name)}`,
    dateLastActivity: board.dateLastActivity,
    prefs: {
      permissionLevel: board.permissionLevel,
      hideVotes: false,
      voting: 'disabled',
      comments: 'members',
      invitations: 'members',
      selfJoin: true,
      cardCovers: true,
      isTemplate: false,
      cardAging: 'regular',
      calendarFeedEnabled: false,
      background: board.background,
      backgroundColor: '#0079BF',
      backgroundImage: null,
      backgroundTile: false,
      backgroundBrightness: 'dark',
    },
    labelNames: board.labelNames,
    memberships: board.idMembers.map((idMember) => ({
      id: membershipId(board.id, idMember),
      idMember,
      memberType: idMember === board.idMemberCreator ? 'admin' : 'normal',
      unconfirmed: false,
      deactivated: false,
    })),
    powerUps: [],
    idTags: [],
    limits: {
      cards: { openPerBoard: limitState(openCards(state, board.id), 4_500, openCardsMax) },
      boards: { totalMembersPerBoard: limitState(board.idMembers.length, 1_440, 1_520) },
    },
  }
}

/** Stays the same as long as the membership does. */
function membershipId(idBoard: string, idMember: string): string {
  return idBoard.slice(0, 8) + idMember.slice(8)
}

function limitState(count: number, warnAt: number, disableAt: number): Model {
  return { status: count >= disableAt ? 'disabled' : count >= warnAt ? 'warn' : 'ok', disableAt, warnAt }
}

/** More open cards than this a board does not take. */
export const openCardsMax = 5_000

/** Number of open cards on a board. */
export function openCards({ cards }: TrelloState, idBoard: string): number {
  let count = 0
  for (const card of cards.values()) if (card.idBoard === idBoard && !card.closed) count++
  return count
}

/** A list. */
export function listModel({ id, name, closed, idBoard, pos, subscribed }: List): Model {
  return {
    id,
    name,
    closed,
    color: null,
    idBoard,
    pos,
    subscribed,
    softLimit: null,
    type: null,
    datasource: { filter: false },
  }
}

/** A label. */
export function labelModel({ id, idBoard, name, color }: Label): Model {
  return { id, idBoard, name, color }
}

/** A member, as others see one. */
export function memberModel({ id, username, fullName, initials }: Member): Model {
  return {
    id,
    username,
    fullName,
    initials,
    activityBlocked: false,
    avatarHash: avatarHashOf(id),
    avatarUrl: `https://trello-members.s3.amazonaws.com/${id}/${avatarHashOf(id)}`,
    idMemberReferrer: null,
    nonPublic: {},
    nonPublicAvailable: false,
  }
}

function avatarHashOf(id: string): string {
  return `${id.slice(8)}${id.slice(8)}`
}

/** A member with all that its own token may see. */
export function ownMemberModel(state: TrelloState, member: Member): Model {
  const boards = [...state.boards.values()].filter(({ idMembers }) => idMembers.includes(member.id))
  return {
    ...memberModel(member),
    bio: '',
    bioData: null,
    confirmed: true,
    email: member.email,
    idBoards: boards.map(({ id }) => id),
    idOrganizations: [...state.organizations.values()]
      .filter(({ idMembers }) => idMembers.includes(member.id))
      .map(({ id }) => id),
    idEnterprise: null,
    memberType: 'normal',
    products: [],
    status: 'disconnected',
    url: `https://trello.com/${member.username}`,
  }
}

/** A workspace. */
export function organizationModel({ id, name, displayName }: Organization): Model {
  return { id, name, displayName, desc: '', url: `https://trello.com/w/${name}` }
}

/** A checklist with its items. */
export function checklistModel({ id, name, idBoard, idCard, pos, checkItems }: Checklist): Model {
  return { id, name, idBoard, idCard, pos, checkItems: checkItems.map(checkItemModel) }
}

/** One item of a checklist. */
export function checkItemModel(item: CheckItem): Model {
  return { ...item, nameData: { emoji: {} } }
}

/** An attachment. */
export function attachmentModel({ idCard: _, ...attachment }: Attachment): Model {
  return { ...attachment, edgeColor: null, previews: [], isMalicious: false }
}

/** An action with who did it. */
export function actionModel(state: TrelloState, action: Action): Model {
  const { id, idMemberCreator, idMember, data, type, date, translationKey } = action
  const creator = state.members.get(idMemberCreator)
  const member = idMember === null ? undefined : state.members.get(idMember)
  return {
    id,
    idMemberCreator,
    data,
    appCreator: null,
    type,
    date,
    limits: null,
    display: { translationKey, entities: entitiesOf(action, creator) },
    ...(creator && { memberCreator: memberModel(creator) }),
    ...(member && { member: memberModel(member) }),
  }
}

function entitiesOf({ data, idMemberCreator }: Action, creator: Member | undefined): Model {
  const card = data['card'] as { readonly id: string; readonly shortLink: string; readonly name: string } | undefined
  const comment = data['text']
  return {
    ...(card && { card: { type: 'card', id: card.id, shortLink: card.shortLink, text: card.name } }),
    ...(typeof comment === 'string' && { comment: { type: 'comment', text: comment } }),
    memberCreator: {
      type: 'member',
      id: idMemberCreator,
      username: creator?.username ?? '',
      text: creator?.fullName ?? '',
    },
  }
}

/** A webhook, without the token that it belongs to. */
export function webhookModel({ token: _, ...webhook }: Webhook): Model {
  return { ...webhook }
}

/** A token, without the token itself. */
export function tokenModel({ id, key, idMember, dateCreated, dateExpires, scopes }: Token, appName: string): Model {
  const write = scopes.includes('write')
  const permission = (modelType: string): Model => ({ idModel: '*', modelType, read: true, write })
  return {
    id,
    identifier: appName,
    idMember,
    dateCreated,
    dateExpires,
    appKey: key,
    permissions: [permission('Board'), permission('Organization'), { ...permission('Member'), idModel: idMember }],
  }
}
