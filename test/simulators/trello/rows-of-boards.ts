import { expect } from 'vitest'
import { boardUnknown, listUnknown, type Row } from './furnished.ts'

/** Members, boards, labels and lists. */
export const rowsOfBoards: readonly Row[] = [
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
]
