/** A member as Trello knows it. Dates are ISO 8601 throughout. */
export interface Member {
  readonly id: string
  readonly username: string
  readonly fullName: string
  readonly initials: string
  readonly email: string
}

/** An application: what an API key stands for. */
export interface App {
  readonly key: string
  /** Signs webhooks. */
  readonly secret: string
  readonly name: string
}

/** A token that a member has granted to an application. */
export interface Token {
  readonly id: string
  readonly token: string
  readonly key: string
  readonly idMember: string
  readonly dateCreated: string
  readonly dateExpires: string | null
  /** What it may do: `read`, or `read` and `write`. */
  readonly scopes: readonly ('read' | 'write')[]
}

/** A workspace. */
export interface Organization {
  readonly id: string
  readonly name: string
  readonly displayName: string
  readonly idMembers: readonly string[]
}

/** A board. */
export interface Board {
  readonly id: string
  readonly name: string
  readonly desc: string
  readonly closed: boolean
  readonly idMemberCreator: string
  /** The workspace it belongs to. */
  readonly idOrganization: string
  readonly shortLink: string
  readonly permissionLevel: 'private' | 'org' | 'public'
  readonly background: string
  /** Names given to label colours. */
  readonly labelNames: Readonly<Record<string, string>>
  /** Members by id; the creator is an admin. */
  readonly idMembers: readonly string[]
  readonly dateLastActivity: string
  /** `idShort` of the card that was made last. */
  readonly cardsMade: number
}

/** A list of a board. */
export interface List {
  readonly id: string
  readonly name: string
  readonly closed: boolean
  readonly idBoard: string
  readonly pos: number
  readonly subscribed: boolean
}

/** A label of a board. */
export interface Label {
  readonly id: string
  readonly idBoard: string
  readonly name: string
  readonly color: string | null
}

/** What covers a card's front. */
export interface Cover {
  readonly idAttachment: string | null
  readonly color: string | null
  readonly idUploadedBackground: string | null
  readonly size: string
  readonly brightness: string
  readonly idPlugin: string | null
}

/** A card. */
export interface Card {
  readonly id: string
  readonly idShort: number
  readonly shortLink: string
  readonly name: string
  readonly desc: string
  readonly closed: boolean
  readonly idBoard: string
  readonly idList: string
  readonly pos: number
  readonly due: string | null
  readonly start: string | null
  readonly dueComplete: boolean
  readonly dueReminder: number | null
  readonly subscribed: boolean
  readonly idMembers: readonly string[]
  readonly idLabels: readonly string[]
  readonly idChecklists: readonly string[]
  readonly idAttachments: readonly string[]
  readonly idAttachmentCover: string | null
  readonly cardRole: string | null
  readonly address: string | null
  readonly locationName: string | null
  readonly coordinates: string | null
  readonly cover: Cover
  readonly comments: number
  readonly dateLastActivity: string
}

/** One thing to tick off. */
export interface CheckItem {
  readonly id: string
  readonly idChecklist: string
  readonly name: string
  readonly state: 'complete' | 'incomplete'
  readonly pos: number
  readonly due: string | null
  readonly dueReminder: number | null
  readonly idMember: string | null
}

/** A checklist of a card. */
export interface Checklist {
  readonly id: string
  readonly name: string
  readonly idBoard: string
  readonly idCard: string
  readonly pos: number
  readonly checkItems: readonly CheckItem[]
}

/** A file or link on a card. */
export interface Attachment {
  readonly id: string
  readonly idCard: string
  readonly idMember: string
  readonly name: string
  readonly url: string
  readonly mimeType: string
  readonly fileName: string | null
  /** Size of an upload. */
  readonly bytes: number | null
  readonly isUpload: boolean
  readonly date: string
  readonly pos: number
}

/** Something that happened, as Trello's history tells it. */
export interface Action {
  readonly id: string
  readonly type: string
  readonly date: string
  readonly idMemberCreator: string
  readonly idMember: string | null
  readonly data: Readonly<Record<string, unknown>>
  readonly translationKey: string
}

/** Someone who wants to hear of a model. */
export interface Webhook {
  readonly id: string
  readonly description: string
  readonly idModel: string
  readonly callbackURL: string
  readonly active: boolean
  readonly consecutiveFailures: number
  readonly firstConsecutiveFailDate: string | null
  /** The token that it belongs to, and goes with. */
  readonly token: string
}

/** Everything a Trello holds, by id. */
export interface TrelloState {
  readonly apps: Map<string, App>
  readonly tokens: Map<string, Token>
  readonly members: Map<string, Member>
  readonly organizations: Map<string, Organization>
  readonly boards: Map<string, Board>
  readonly lists: Map<string, List>
  readonly labels: Map<string, Label>
  readonly cards: Map<string, Card>
  readonly checklists: Map<string, Checklist>
  readonly attachments: Map<string, Attachment>
  /** In order of time. */
  readonly actions: Map<string, Action>
  /** Actions that are kept; `null`: all of them. */
  readonly actionsMax: number | null
  readonly webhooks: Map<string, Webhook>
  /** Ids of boards and cards by short link. */
  readonly shortLinks: Map<string, string>
}

/** Distance between neighbours, and place of the first. */
export const posStep = 16_384
const posFirst = 65_535

/** Where `pos` puts something among its neighbours. */
export function placeAmong(neighbours: Iterable<{ readonly pos: number }>, pos: Position | undefined): number {
  if (typeof pos === 'number') return pos
  let lowest = Number.POSITIVE_INFINITY
  let highest = 0
  for (const neighbour of neighbours) {
    lowest = Math.min(lowest, neighbour.pos)
    highest = Math.max(highest, neighbour.pos)
  }
  if (highest === 0) return posFirst
  return pos === 'top' ? lowest / 2 : highest + posStep
}

/** A place in a list as callers give it. */
export type Position = 'top' | 'bottom' | number

/** What of a map's values fits, in order of their places. */
export function inOrder<Item extends { readonly pos: number }>(
  items: Iterable<Item>,
  fits: (item: Item) => boolean,
): Item[] {
  const found: Item[] = []
  for (const item of items) if (fits(item)) found.push(item)
  return found.sort((a, b) => a.pos - b.pos)
}
