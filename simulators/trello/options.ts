import type { SimulatorOptions } from '../../src/simulator/index.ts'

/** What a Trello starts with, and how it behaves where its documents leave a choice. */
export interface TrelloOptions extends SimulatorOptions {
  /** Boards that stand when it starts, all of them of the member whose credentials `trelloCredentials` are. */
  readonly boards?: readonly BoardSpec[]
  /** Further members of every board, by user name. @defaultValue none */
  readonly members?: readonly MemberSpec[]
  /** Whether a 429 carries `Retry-After`. Trello documents none, and clients have seen it. @defaultValue `false` */
  readonly retryAfter?: boolean
  /**
   * Actions of all boards together that history keeps; the oldest are forgotten first. For servers that run for long: an
   * action takes about 1 kB. At least 1.
   *
   * @defaultValue all of them
   */
  readonly actionsMax?: number
}

/** A board to start with. */
export interface BoardSpec {
  /** As it stands on the board; `world.trello.board(name)` finds it by it. */
  readonly name: string
  /** Markdown. @defaultValue `''` */
  readonly desc?: string
  /** From left to right. */
  readonly lists: readonly ListSpec[]
  /** Labels of the board, for its cards to carry. @defaultValue none */
  readonly labels?: readonly LabelSpec[]
  /** @defaultValue `'private'` */
  readonly permissionLevel?: 'private' | 'org' | 'public'
}

/** A list to start with. */
export interface ListSpec {
  /** As it stands above the list. */
  readonly name: string
  /** From top to bottom. @defaultValue none */
  readonly cards?: readonly CardSpec[]
}

/** A label to start with. */
export interface LabelSpec {
  /** What cards name it by; may be empty at Trello. */
  readonly name: string
  /** One of Trello's colours, such as `green` or `sky_dark`; `null`: none. */
  readonly color: string | null
}

/** A card to start with. */
export interface CardSpec {
  /** Its title. Two cards may have the same one. */
  readonly name: string
  /** Markdown. @defaultValue `''` */
  readonly desc?: string
  /** ISO 8601. */
  readonly due?: string
  /** Names of labels of its board. */
  readonly labels?: readonly string[]
  /** User names of its members. */
  readonly members?: readonly string[]
  /** Things to tick off. */
  readonly checklist?: readonly string[]
}

/** A member to start with. */
export interface MemberSpec {
  /** Without `@`; unique at Trello. */
  readonly username: string
  /** As it stands beside what the member does. */
  readonly fullName: string
}

/** Credentials that work at every simulated Trello, and the secret that its webhooks are signed with. */
export const trelloCredentials: { readonly key: string; readonly token: string; readonly secret: string } = {
  key: '3f6e0b1c9d4a47e28b5c7a9e10d2f364',
  token: 'ATTA7c1d0a94e65b4f38a2c7d9e0f1b36582c4a7e9d0b1f2836455e7c8a9d0b1f2e3A1B2C3D4',
  secret: '9b2f4c6d8e0a1357b9d1f3e5a7c9e1b3d5f7a9c1e3b5d7f9a1c3e5b7d9f1a3c5',
}

/** A board with the usual three lists, and three cards to do. */
export const kanban: BoardSpec = {
  name: 'Kanban',
  lists: [
    { name: 'To Do', cards: [{ name: 'ship it' }, { name: 'write the changelog' }, { name: 'thank the reporter' }] },
    { name: 'Doing' },
    { name: 'Done' },
  ],
}
