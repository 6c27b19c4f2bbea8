import { type BoardSpec, type TrelloOperationName, trelloCredentials } from 'stuntdouble/simulators/trello'
import { expect } from 'vitest'
import { receiverOf, type TrelloWorld, trelloWorld } from './asking.ts'

/** One thing that Trello can be asked, and how it answers. Words that begin with a colon stand for ids of `furnish`. */
export interface Row {
  /** Number in the table of endpoints. */
  readonly row: number
  readonly operation: TrelloOperationName
  readonly line: string
  /** Parameters of the ordinary call. */
  readonly params?: Readonly<Record<string, string>>
  /** Parameters without which it is refused with `400 invalid value for …`. */
  readonly required?: readonly string[]
  /** What is said when one of these, in path or parameters, is the id of nothing. */
  readonly unknown?: Readonly<Record<string, string>>
  /** What is said when one of these, in path or parameters, is no id. @defaultValue `400 invalid id` for the first in the path */
  readonly malformed?: Readonly<Record<string, string>>
  /** What someone is told who is on none of the boards. @defaultValue `401 unauthorized permission requested` */
  readonly stranger?: string
  /** What someone is told who brings no credentials. @defaultValue the same for a read, `401 invalid key` for a write */
  readonly nobody?: string
  readonly answers: (ids: Ids) => unknown
}

const board: BoardSpec = {
  name: 'Launch',
  labels: [
    { name: 'urgent', color: 'red' },
    { name: 'spare', color: 'green_dark' },
  ],
  lists: [
    {
      name: 'To Do',
      cards: [{ name: 'ship it', labels: ['urgent'], members: ['bo'], checklist: ['fuel'] }, { name: 'rest' }],
    },
    { name: 'Done' },
  ],
}

/** Ids by the words that rows use. */
export type Ids = Readonly<Record<string, string>>

/** A world with one of everything. */
export function furnished(): { readonly world: TrelloWorld; readonly ids: Ids } {
  const receivers = { 'https://hooks.example': receiverOf().receive }
  const world = trelloWorld({ boards: [board], members: [{ username: 'bo', fullName: 'Bo Lindqvist' }] }, { receivers })
  const { state } = world.trello
  const { id, shortLink, idOrganization } = world.trello.board()
  const card = world.trello.card('ship it')
  const [checklist] = [...state.checklists.values()]
  const [urgent, spare] = [...state.labels.keys()]
  const [ada, bo] = [...state.members.keys()]
  const { token } = trelloCredentials
  const webhook = 'd0d0d0d0d0d0d0d0d0d0d0d0'
  const counts = { active: true, consecutiveFailures: 0, firstConsecutiveFailDate: null }
  const address = { description: 'of the launch', callbackURL: 'https://hooks.example/old', idModel: id }
  state.webhooks.set(webhook, { id: webhook, ...address, ...counts, token })
  const ids = {
    board: id,
    boardLink: shortLink,
    organization: idOrganization,
    list: world.trello.list('To Do').id,
    done: world.trello.list('Done').id,
    card: card?.id,
    cardLink: card?.shortLink,
    rest: world.trello.card('rest')?.id,
    checklist: checklist?.id,
    item: checklist?.checkItems[0]?.id,
    urgent,
    spare,
    ada,
    bo,
    token,
    webhook,
  }
  return { world, ids: Object.fromEntries(Object.entries(ids).map(([name, one]) => [name, one ?? ''])) }
}

const boardUnknown = { ':board': '404 model not found' }
const listUnknown = { ':list': '404 model not found' }
const cardUnknown = { ':card': '404 card not found' }

/** Every row of the table of endpoints, and what stands beside it. */
export const rows: readonly Row[] = [
  {
    row: 1,
    operation: 'members.get',
    line: 'GET /members/me',
    stranger: 'is answered',
    answers: ({ ada, board, organization }) =>
      expect.objectContaining({ id: ada, username: 'ada', idBoards: [board], idOrganizations: [organization] }),
  },
  {
    row: 1,
    operation: 'members.get',
    line: 'GET /members/:bo',
    params: { fields: 'username,fullName', boards: 'open', board_fields: 'name', organizations: 'all' },
    unknown: { ':bo': '404 model not found' },
    stranger: 'is answered',
    answers: ({ bo, board, organization }) => ({
      id: bo,
      username: 'bo',
      fullName: 'Bo Lindqvist',
      boards: [{ id: board, name: 'Launch' }],
      organizations: [expect.objectContaining({ id: organization, displayName: 'Workspace' })],
    }),
  },
  {
    row: 2,
    operation: 'members.boards',
    line: 'GET /members/bo/boards',
    params: { filter: 'open', fields: 'name,closed', lists: 'open', organization: 'true', organization_fields: 'name' },
    stranger: 'is answered',
    answers: ({ board, organization }) => [
      {
        id: board,
        name: 'Launch',
        closed: false,
        lists: [expect.objectContaining({ name: 'To Do' }), expect.objectContaining({ name: 'Done' })],
        organization: { id: organization, name: 'workspace' },
      },
    ],
  },
  {
    row: 3,
    operation: 'boards.create',
    line: 'POST /boards',
    params: { name: 'Second', desc: 'of two', prefs_permissionLevel: 'org', idOrganization: ':organization' },
    required: ['name'],
    unknown: { ':organization': '404 model not found' },
    malformed: { ':organization': '400 invalid value for idOrganization' },
    stranger: 'is answered',
    answers: ({ ada, organization }) =>
      expect.objectContaining({
        ...{ name: 'Second', desc: 'of two', closed: false, idMemberCreator: ada, idOrganization: organization },
        prefs: expect.objectContaining({ permissionLevel: 'org' }),
        memberships: [expect.objectContaining({ idMember: ada, memberType: 'admin' })],
        limits: expect.objectContaining({
          cards: { openPerBoard: { status: 'ok', warnAt: 4_500, disableAt: 5_000 } },
          boards: { totalMembersPerBoard: { status: 'ok', warnAt: 1_440, disableAt: 1_520 } },
        }),
      }),
  },
  {
    row: 4,
    operation: 'boards.get',
    line: 'GET /boards/:board',
    params: {
      ...{ fields: 'name', cards: 'open', card_fields: 'name', lists: 'open', list_fields: 'name', labels: 'all' },
      ...{ members: 'all', member_fields: 'username', checklists: 'all', actions: 'all', actions_limit: '10' },
    },
    unknown: boardUnknown,
    answers: ({ board, card, rest, list, done, ada, bo, checklist }) => ({
      id: board,
      name: 'Launch',
      cards: [
        { id: card, name: 'ship it' },
        { id: rest, name: 'rest' },
      ],
      lists: [
        { id: list, name: 'To Do' },
        { id: done, name: 'Done' },
      ],
      labels: [expect.objectContaining({ name: 'urgent' }), expect.objectContaining({ color: 'green_dark' })],
      members: [
        { id: ada, username: 'ada' },
        { id: bo, username: 'bo' },
      ],
      checklists: [expect.objectContaining({ id: checklist })],
      actions: [],
    }),
  },
  {
    row: 5,
    operation: 'boards.update',
    line: 'PUT /boards/:board',
    params: {
      ...{ name: 'Landing', desc: 'softly', closed: 'false' },
      ...{ 'prefs/permissionLevel': 'public', 'prefs/background': 'green', 'labelNames/red_dark': 'blocked' },
    },
    unknown: boardUnknown,
    answers: ({ board }) =>
      expect.objectContaining({
        ...{ id: board, name: 'Landing', desc: 'softly', labelNames: { red_dark: 'blocked' } },
        prefs: expect.objectContaining({ permissionLevel: 'public', background: 'green' }),
      }),
  },
  {
    row: 6,
    operation: 'boards.delete',
    line: 'DELETE /boards/:board',
    unknown: boardUnknown,
    answers: () => ({ _value: null }),
  },
  {
    row: 7,
    operation: 'boards.lists',
    line: 'GET /boards/:board/lists',
    params: { fields: 'name', cards: 'open', card_fields: 'idList' },
    unknown: boardUnknown,
    answers: ({ list, done, card, rest }) => [
      {
        id: list,
        name: 'To Do',
        cards: [
          { id: card, idList: list },
          { id: rest, idList: list },
        ],
      },
      { id: done, name: 'Done', cards: [] },
    ],
  },
  {
    row: 7,
    operation: 'lists.createOnBoard',
    line: 'POST /boards/:board/lists',
    params: { name: 'Later', pos: 'bottom' },
    required: ['name'],
    unknown: boardUnknown,
    answers: ({ board }) => ({
      ...{ id: expect.stringMatching(/^[0-9a-f]{24}$/), name: 'Later', idBoard: board, pos: 3 * 16_384 },
      ...{ closed: false, subscribed: false, softLimit: null, color: null, type: null, datasource: { filter: false } },
      limits: {},
    }),
  },
  {
    row: 8,
    operation: 'boards.cards',
    line: 'GET /boards/:board/cards',
    params: { fields: 'name' },
    unknown: boardUnknown,
    answers: ({ card, rest }) => [
      { id: card, name: 'ship it' },
      { id: rest, name: 'rest' },
    ],
  },
  {
    row: 8,
    operation: 'boards.cardsByFilter',
    line: 'GET /boards/:board/cards/open',
    params: { fields: 'none' },
    unknown: boardUnknown,
    answers: ({ card, rest }) => [{ id: card }, { id: rest }],
  },
  {
    row: 9,
    operation: 'boards.actions',
    line: 'GET /boards/:board/actions',
    unknown: boardUnknown,
    answers: () => [],
  },
  {
    row: 10,
    operation: 'boards.labels',
    line: 'GET /boards/:board/labels',
    unknown: boardUnknown,
    answers: ({ board, urgent, spare }) => [
      { id: urgent, idBoard: board, name: 'urgent', color: 'red' },
      { id: spare, idBoard: board, name: 'spare', color: 'green_dark' },
    ],
  },
  {
    row: 10,
    operation: 'labels.create',
    line: 'POST /labels',
    params: { name: 'later', color: 'sky_light', idBoard: ':board' },
    required: ['name', 'color', 'idBoard'],
    unknown: boardUnknown,
    malformed: { ':board': '400 invalid value for idBoard' },
    answers: ({ board }) => expect.objectContaining({ idBoard: board, name: 'later', color: 'sky_light', limits: {} }),
  },
  {
    row: 11,
    operation: 'lists.create',
    line: 'POST /lists',
    params: { name: 'Copy', idBoard: ':board', idListSource: ':list', pos: '7' },
    required: ['name', 'idBoard'],
    unknown: { ...boardUnknown, ...listUnknown },
    malformed: { ':board': '400 invalid value for idBoard', ':list': '400 invalid value for idListSource' },
    answers: ({ board }) => expect.objectContaining({ name: 'Copy', idBoard: board, pos: 7, limits: {} }),
  },
  {
    row: 12,
    operation: 'lists.update',
    line: 'PUT /lists/:list',
    params: { name: 'Backlog', closed: 'true', idBoard: ':board', pos: '3.5', subscribed: 'true' },
    unknown: { ...listUnknown, ...boardUnknown },
    malformed: { ':list': '400 invalid id', ':board': '400 invalid value for idBoard' },
    answers: ({ list }) =>
      expect.objectContaining({ id: list, name: 'Backlog', closed: true, pos: 3.5, subscribed: true }),
  },
  {
    row: 13,
    operation: 'lists.cards',
    line: 'GET /lists/:list/cards',
    params: { fields: 'name' },
    unknown: listUnknown,
    answers: ({ card, rest }) => [
      { id: card, name: 'ship it' },
      { id: rest, name: 'rest' },
    ],
  },
  {
    row: 14,
    operation: 'cards.create',
    line: 'POST /cards',
    params: {
      ...{
        idList: ':list',
        name: 'Ship it again',
        desc: 'soon',
        pos: 'bottom',
        due: '2026-02-01',
        dueComplete: 'true',
      },
      ...{ start: '2026-01-20T08:00:00Z', idMembers: ':ada,:bo', idLabels: ':urgent', cardRole: 'separator' },
      ...{ address: '1 High Street', locationName: 'Home', coordinates: '51.5,-0.1' },
    },
    required: ['idList'],
    unknown: {
      ':list': '404 could not find the board that the card belongs to',
      ':ada': '400 invalid value for idMembers',
      ':urgent': '400 invalid value for idLabels',
    },
    malformed: {
      ':list': '400 invalid value for idList',
      ':ada': '400 invalid value for idMembers',
      ':urgent': '400 invalid value for idLabels',
    },
    answers: ({ board, list, ada, bo, urgent }) =>
      expect.objectContaining({
        ...{ name: 'Ship it again', desc: 'soon', idBoard: board, idList: list, idShort: 3, closed: false },
        ...{ due: '2026-02-01T00:00:00.000Z', start: '2026-01-20T08:00:00.000Z', dueComplete: true, dueReminder: null },
        ...{ idMembers: [ada, bo], idLabels: [urgent], labels: [expect.objectContaining({ name: 'urgent' })] },
        ...{ pos: 65_535 + 2 * 16_384, cardRole: 'separator', coordinates: '51.5,-0.1', attachments: [], stickers: [] },
        ...{ shortLink: expect.stringMatching(/^[A-Za-z0-9]{8}$/), url: expect.stringMatching(/\/3-ship-it-again$/) },
        badges: expect.objectContaining({ due: '2026-02-01T00:00:00.000Z', dueComplete: true, location: true }),
        limits: {},
      }),
  },
  {
    row: 15,
    operation: 'cards.get',
    line: 'GET /cards/:card',
    params: {
      ...{ fields: 'name,idList', members: 'true', member_fields: 'username', checklists: 'all', attachments: 'true' },
      ...{ checklist_fields: 'name', actions: 'all', board: 'true', board_fields: 'name', list: 'true' },
    },
    unknown: cardUnknown,
    answers: ({ card, list, bo, checklist, board }) => ({
      ...{ id: card, name: 'ship it', idList: list, attachments: [], actions: [] },
      members: [{ id: bo, username: 'bo' }],
      checklists: [{ id: checklist, name: 'Checklist' }],
      board: { id: board, name: 'Launch' },
      list: expect.objectContaining({ id: list }),
    }),
  },
  {
    row: 15,
    operation: 'cards.actions',
    line: 'GET /cards/:card/actions',
    unknown: cardUnknown,
    answers: () => [],
  },
  {
    row: 16,
    operation: 'cards.update',
    line: 'PUT /cards/:card',
    params: {
      ...{ name: 'shipped', desc: 'at last', closed: 'false', idList: ':done', idBoard: ':board', pos: 'top', due: '' },
      ...{ idMembers: '', idLabels: ':spare', dueComplete: 'true', subscribed: 'true', start: 'null', address: 'here' },
    },
    unknown: {
      ...cardUnknown,
      ':done': '400 invalid value for idList',
      ':board': '404 model not found',
      ':spare': '400 invalid value for idLabels',
    },
    malformed: {
      ':card': '400 invalid id',
      ':done': '400 invalid value for idList',
      ':board': '400 invalid value for idBoard',
      ':spare': '400 invalid value for idLabels',
    },
    answers: ({ card, done, spare }) =>
      expect.objectContaining({
        ...{ id: card, name: 'shipped', desc: 'at last', idList: done, pos: 65_535, due: null, start: null },
        ...{ idMembers: [], idLabels: [spare], dueComplete: true, subscribed: true, address: 'here' },
      }),
  },
  {
    row: 17,
    operation: 'cards.delete',
    line: 'DELETE /cards/:card',
    unknown: cardUnknown,
    answers: () => ({ limits: {} }),
  },
  {
    row: 18,
    operation: 'cards.comment',
    line: 'POST /cards/:card/actions/comments',
    params: { text: 'well done' },
    required: ['text'],
    unknown: cardUnknown,
    answers: ({ card, ada }) =>
      expect.objectContaining({
        ...{ type: 'commentCard', idMemberCreator: ada },
        data: expect.objectContaining({ text: 'well done', card: expect.objectContaining({ id: card }) }),
        display: expect.objectContaining({ translationKey: 'action_comment_on_card' }),
        memberCreator: expect.objectContaining({ username: 'ada' }),
      }),
  },
  {
    row: 19,
    operation: 'cards.addMember',
    line: 'POST /cards/:card/idMembers',
    params: { value: ':ada' },
    required: ['value'],
    unknown: { ...cardUnknown, ':ada': '400 invalid value for value' },
    malformed: { ':card': '400 invalid id', ':ada': '400 invalid value for value' },
    answers: ({ ada, bo }) => [expect.objectContaining({ id: bo }), expect.objectContaining({ id: ada })],
  },
  {
    row: 19,
    operation: 'cards.removeMember',
    line: 'DELETE /cards/:card/idMembers/:bo',
    unknown: { ...cardUnknown, ':bo': '404 model not found' },
    malformed: { ':card': '400 invalid id', ':bo': '400 Invalid objectId' },
    answers: () => [],
  },
  {
    row: 20,
    operation: 'cards.addLabel',
    line: 'POST /cards/:card/idLabels',
    params: { value: ':spare' },
    required: ['value'],
    unknown: { ...cardUnknown, ':spare': '400 invalid value for value' },
    malformed: { ':card': '400 invalid id', ':spare': '400 invalid value for value' },
    answers: ({ urgent, spare }) => [urgent, spare],
  },
  {
    row: 20,
    operation: 'cards.removeLabel',
    line: 'DELETE /cards/:card/idLabels/:urgent',
    unknown: { ...cardUnknown, ':urgent': '404 model not found' },
    malformed: { ':card': '400 invalid id', ':urgent': '400 Invalid objectId' },
    answers: () => [],
  },
  {
    row: 21,
    operation: 'cards.attach',
    line: 'POST /cards/:card/attachments',
    params: { url: 'https://example.com/plan', name: 'plan', mimeType: 'text/html', setCover: 'true' },
    required: ['url'],
    unknown: cardUnknown,
    answers: ({ ada }) =>
      expect.objectContaining({
        ...{ idMember: ada, name: 'plan', url: 'https://example.com/plan', mimeType: 'text/html', isUpload: false },
        ...{ bytes: null, fileName: null },
      }),
  },
  {
    row: 22,
    operation: 'cards.addChecklist',
    line: 'POST /cards/:card/checklists',
    params: { name: 'steps', idChecklistSource: ':checklist', pos: 'bottom' },
    unknown: { ...cardUnknown, ':checklist': '404 model not found' },
    malformed: { ':card': '400 invalid id', ':checklist': '400 invalid value for idChecklistSource' },
    answers: ({ board, card }) =>
      expect.objectContaining({
        ...{ name: 'steps', idBoard: board, idCard: card, pos: 2 * 16_384 },
        checkItems: [expect.objectContaining({ name: 'fuel', state: 'incomplete' })],
      }),
  },
  {
    row: 22,
    operation: 'cards.checklists',
    line: 'GET /cards/:card/checklists',
    unknown: cardUnknown,
    answers: ({ checklist, item }) => [
      expect.objectContaining({ id: checklist, checkItems: [expect.objectContaining({ id: item })] }),
    ],
  },
  {
    row: 22,
    operation: 'checklists.create',
    line: 'POST /checklists',
    params: { idCard: ':card', name: 'steps' },
    required: ['idCard'],
    unknown: cardUnknown,
    malformed: { ':card': '400 invalid value for idCard' },
    answers: ({ card }) => expect.objectContaining({ name: 'steps', idCard: card, checkItems: [] }),
  },
  {
    row: 23,
    operation: 'checklists.addItem',
    line: 'POST /checklists/:checklist/checkItems',
    params: { name: 'aim', pos: 'top', checked: 'true', due: '2026-02-01', dueReminder: '60', idMember: ':bo' },
    required: ['name'],
    unknown: { ':checklist': '404 model not found' },
    malformed: { ':checklist': '400 invalid id', ':bo': '400 invalid value for idMember' },
    answers: ({ checklist, bo }) =>
      expect.objectContaining({
        ...{ idChecklist: checklist, name: 'aim', state: 'complete', pos: 8_192, due: '2026-02-01T00:00:00.000Z' },
        ...{ dueReminder: 60, idMember: bo },
      }),
  },
  {
    row: 24,
    operation: 'cards.updateCheckItem',
    line: 'PUT /cards/:card/checkItem/:item',
    params: { state: 'complete', name: 'fuel up', pos: 'bottom', due: '2026-02-01', idMember: ':bo' },
    unknown: { ...cardUnknown, ':item': '404 model not found' },
    malformed: { ':card': '400 invalid id', ':item': '400 Invalid objectId', ':bo': '400 invalid value for idMember' },
    answers: ({ item, bo }) => expect.objectContaining({ id: item, state: 'complete', name: 'fuel up', idMember: bo }),
  },
  {
    row: 22,
    operation: 'checklists.get',
    line: 'GET /checklists/:checklist',
    unknown: { ':checklist': '404 model not found' },
    answers: ({ checklist }) => expect.objectContaining({ id: checklist, name: 'Checklist' }),
  },
  {
    row: 12,
    operation: 'lists.get',
    line: 'GET /lists/:list',
    unknown: listUnknown,
    answers: ({ list }) => expect.objectContaining({ id: list, name: 'To Do' }),
  },
  {
    row: 4,
    operation: 'boards.members',
    line: 'GET /boards/:board/members',
    unknown: boardUnknown,
    answers: () => [expect.objectContaining({ username: 'ada' }), expect.objectContaining({ username: 'bo' })],
  },
  {
    row: 25,
    operation: 'search.query',
    line: 'GET /search',
    params: { query: 'ship', modelTypes: 'cards', card_fields: 'name' },
    required: ['query'],
    stranger: 'is answered',
    answers: ({ card }) => ({ cards: [{ id: card, name: 'ship it' }], options: expect.anything() }),
  },
  {
    row: 26,
    operation: 'batch.get',
    line: 'GET /batch',
    params: { urls: '/cards/:card?fields=name,/lists/:list?fields=name' },
    required: ['urls'],
    stranger: 'is answered',
    nobody: 'is answered',
    answers: ({ card, list }) => [{ 200: { id: card, name: 'ship it' } }, { 200: { id: list, name: 'To Do' } }],
  },
  {
    row: 27,
    operation: 'webhooks.create',
    line: 'POST /webhooks',
    params: { callbackURL: 'https://hooks.example/new', idModel: ':board', description: 'of all', active: 'true' },
    required: ['callbackURL', 'idModel'],
    unknown: { ':board': '400 invalid value for idModel' },
    malformed: { ':board': '400 invalid value for idModel' },
    stranger: '400 invalid value for idModel',
    answers: ({ board }) => ({
      ...{ id: expect.any(String), description: 'of all', idModel: board, callbackURL: 'https://hooks.example/new' },
      ...{ active: true, consecutiveFailures: 0, firstConsecutiveFailDate: null },
    }),
  },
  {
    row: 27,
    operation: 'webhooks.get',
    line: 'GET /webhooks/:webhook',
    unknown: { ':webhook': '404 The requested resource was not found.' },
    malformed: { ':webhook': '400 invalid value for idWebhook' },
    stranger: '404 The requested resource was not found.',
    nobody: '404 The requested resource was not found.',
    answers: ({ webhook, board }) => ({
      ...{ id: webhook, description: 'of the launch', idModel: board, callbackURL: 'https://hooks.example/old' },
      ...{ active: true, consecutiveFailures: 0, firstConsecutiveFailDate: null },
    }),
  },
  {
    row: 27,
    operation: 'webhooks.update',
    line: 'PUT /webhooks/:webhook',
    params: { description: 'of the card', idModel: ':card', callbackURL: 'https://hooks.example/newer' },
    unknown: { ':webhook': '404 The requested resource was not found.', ':card': '400 invalid value for idModel' },
    malformed: { ':webhook': '400 invalid value for idWebhook', ':card': '400 invalid value for idModel' },
    stranger: '404 The requested resource was not found.',
    answers: ({ card }) => expect.objectContaining({ description: 'of the card', idModel: card }),
  },
  {
    row: 27,
    operation: 'webhooks.delete',
    line: 'DELETE /webhooks/:webhook',
    unknown: { ':webhook': '404 The requested resource was not found.' },
    malformed: { ':webhook': '400 invalid value for idWebhook' },
    stranger: '404 The requested resource was not found.',
    answers: () => ({ _value: null }),
  },
  {
    row: 28,
    operation: 'tokens.get',
    line: 'GET /tokens/:token',
    params: { webhooks: 'true' },
    unknown: { ':token': '401 invalid token' },
    malformed: {},
    stranger: '401 unauthorized token',
    nobody: '401 unauthorized token',
    answers: ({ ada, webhook }) =>
      expect.objectContaining({
        ...{ identifier: 'Stuntdouble', idMember: ada, dateExpires: null, appKey: trelloCredentials.key },
        permissions: expect.arrayContaining([{ idModel: '*', modelType: 'Board', read: true, write: true }]),
        webhooks: [expect.objectContaining({ id: webhook })],
      }),
  },
  {
    row: 28,
    operation: 'tokens.webhooks',
    line: 'GET /tokens/:token/webhooks',
    unknown: { ':token': '401 invalid token' },
    malformed: {},
    stranger: '401 unauthorized token',
    nobody: '401 unauthorized token',
    answers: ({ webhook }) => [expect.objectContaining({ id: webhook })],
  },
  {
    row: 28,
    operation: 'tokens.createWebhook',
    line: 'POST /tokens/:token/webhooks',
    params: { callbackURL: 'https://hooks.example/new', idModel: ':card' },
    required: ['callbackURL', 'idModel'],
    unknown: { ':token': '401 invalid token', ':card': '400 invalid value for idModel' },
    malformed: { ':card': '400 invalid value for idModel' },
    stranger: '401 unauthorized token',
    answers: ({ card }) => expect.objectContaining({ idModel: card, active: true, description: '' }),
  },
  {
    row: 28,
    operation: 'tokens.delete',
    line: 'DELETE /tokens/:token',
    unknown: { ':token': '401 invalid token' },
    malformed: {},
    stranger: '401 unauthorized token',
    answers: () => ({ _value: null }),
  },
]
