import type { Files, Proof } from './proof.ts'

const manifest = (...doors: string[]): Files => ({
  'package.json': JSON.stringify({
    exports: Object.fromEntries(doors.map((door) => [door, { 'stuntdouble-source': `./${door}` }])),
  }),
})
const inSimulator = (...body: string[]): Files => ({ 'simulators/acme/cards.ts': body.join('\n') })

/** What the rules of the layout refuse and admit. */
export const layoutProofs = {
  importsPointUp: {
    refuses: {
      'a room that imports a later one': {
        files: { 'src/world/world.ts': "\nimport { scenario } from '../scenario/scenario.ts'" },
        at: 'src/world/world.ts:2',
      },
      'a type from a later room': {
        files: { 'src/http/messages.ts': "import type { World } from '../world/types.ts'" },
        at: 'src/http/messages.ts:1',
      },
      'an inline type from a later room': {
        files: { 'src/faults/plan.ts': "export type A = import('../world/types.ts').World" },
        at: 'src/faults/plan.ts:1',
      },
      'what is passed on from a later room': {
        files: { 'src/faults/plan.ts': "export type { World } from '../world/types.ts'" },
        at: 'src/faults/plan.ts:1',
      },
      'a later room loaded on demand': {
        files: { 'src/world/world.ts': "const load = () => import('../cli/main.ts')" },
        at: 'src/world/world.ts:1',
      },
      'production code that knows a simulator': {
        files: { 'src/core/client.ts': "import type { Journal } from '../simulator/journal.ts'" },
        at: 'src/core/client.ts:1',
      },
      'production code that loads a test runner': {
        files: { 'src/providers/trello/flow.ts': "import { test } from 'vitest'" },
        at: 'src/providers/trello/flow.ts:1',
      },
      'a world that knows production code': {
        files: { 'src/world/world.ts': "import { call } from '../core/client.ts'" },
        at: 'src/world/world.ts:1',
      },
      'a simulator that reaches past the door of the kit': {
        files: inSimulator("import { jsonReply } from '../../src/http/messages.ts'"),
        at: 'simulators/acme/cards.ts:1',
      },
      'a simulator that knows another': {
        files: inSimulator("import { kanban } from '../trello/options.ts'"),
        at: 'simulators/acme/cards.ts:1',
      },
      'a door that knows a simulator': {
        files: { 'src/doors/server.ts': "import { cards } from '../../simulators/acme/cards.ts'" },
        at: 'src/doors/server.ts:1',
      },
      'code that imports tests': {
        files: { 'src/core/client.ts': "import { fixture } from '../../test/fixtures/fixture.ts'" },
        at: 'src/core/client.ts:1',
      },
      'a room that goes through the door of the package': {
        files: { 'src/scenario/run.ts': "import { explore } from '../index.ts'" },
        at: 'src/scenario/run.ts:1',
      },
      'code that calls the package by its name': {
        files: { 'src/scenario/run.ts': "import { explore } from 'stuntdouble'" },
        at: 'src/scenario/run.ts:1',
      },
    },
    admits: {
      'rooms in their order': {
        'src/scenario/run.ts':
          "import { reportOf } from '../report/report-of.ts'\nimport type * as fc from 'fast-check'",
        'src/providers/trello/flow.ts': "import { call } from '../../core/client.ts'\nimport { request } from 'undici'",
        'src/index.ts': "export { scenario } from './scenario/scenario.ts'",
      },
      'the command, which loads simulators by name': {
        'src/cli/simulate.ts': "const load = () => import('../../simulators/acme/cards.ts')",
        'simulators/acme/cards.ts': '',
      },
      'a simulator on its kit': inSimulator("import { defineSimulator } from '../../src/simulator/index.ts'"),
      'words that only look like an import': {
        'src/core/client.ts': "const text = \"import { test } from 'vitest'\" // import '../world/world.ts'",
      },
    },
  },
  roomsAreKnown: {
    refuses: { 'a new room': { files: { 'src/helpers/misc.ts': '' }, at: 'src/helpers/misc.ts:1' } },
    admits: {
      'known rooms': { 'src/core/client.ts': '', 'src/index.ts': '', 'simulators/acme/a.ts': '', 'test/a.ts': '' },
    },
  },
  importsMakeNoCircle: {
    refuses: {
      'two files that import each other, one of them a type': {
        files: { 'src/core/a.ts': "\nimport { b } from './b.ts'", 'src/core/b.ts': "import type { A } from './a.ts'" },
        at: 'src/core/a.ts:2',
      },
      'a longer way round': {
        files: {
          'src/core/a.ts': "import './b.ts'",
          'src/core/b.ts': "import './c.ts'",
          'src/core/c.ts': "export { a } from './a.ts'",
        },
        at: 'src/core/a.ts:1',
      },
    },
    admits: {
      'two ways to one file': {
        'src/core/a.ts': "import './b.ts'\nimport './c.ts'",
        'src/core/b.ts': "import './c.ts'",
        'src/core/c.ts': '',
      },
    },
  },
  indexFilesAreDoors: {
    refuses: {
      'an index without a door': {
        files: { ...manifest('src/index.ts'), 'src/index.ts': '', 'src/core/index.ts': '' },
        at: 'src/core/index.ts:1',
      },
    },
    admits: { 'an index with a door': { ...manifest('src/core/index.ts'), 'src/core/index.ts': '' } },
  },
} satisfies Readonly<Record<string, Proof>>
