import { expect, test } from 'vitest'
import { select } from '../../src/cli/selection.ts'

const file = (shown: string, ...names: string[]) => ({ path: `/root/${shown}`, shown, names })
const files = [
  file('scenarios/cards.scenario.ts', 'Test_CardMoves', 'Test_CardMovesOnce'),
  file('scenarios/lists.scenario.ts', 'Test_ListKeepsItsCards'),
  file('scenarios/old/computed.scenario.ts'),
]

const chosen = (...patterns: string[]): string[] =>
  select(files, patterns).selected.flatMap(({ file: { shown }, names }) =>
    names === 'all' ? [`all of ${shown}`] : names,
  )

test.each([
  [['Test_CardMoves'], ['Test_CardMoves'], 'the exact name, though another begins with it'],
  [['moves'], ['Test_CardMoves', 'Test_CardMovesOnce'], 'any part of a name, in any case'],
  [['Test_Card*'], ['Test_CardMoves', 'Test_CardMovesOnce'], 'a name with a wildcard at its end'],
  [['*Cards'], ['Test_ListKeepsItsCards'], 'a name with a wildcard at its start'],
  [['Test_*Once'], ['Test_CardMovesOnce'], 'a name with a wildcard within'],
  [['scenarios/lists.scenario.ts'], ['all of scenarios/lists.scenario.ts'], 'the path of a file'],
  [
    ['lists.scenario.ts', '*Once'],
    ['Test_CardMovesOnce', 'all of scenarios/lists.scenario.ts'],
    'several, in order of file',
  ],
  [['old/'], ['all of scenarios/old/computed.scenario.ts'], 'a directory'],
  [['computed.*'], ['all of scenarios/old/computed.scenario.ts'], 'a file with a wildcard, wherever it is'],
  [['Test_CardMoves', 'Test_CardMoves'], ['Test_CardMoves'], 'what is named twice, once'],
])('%j selects %j: %s', (patterns, names) => {
  expect(chosen(...patterns)).toEqual(names)
})

test.each([['Test_Car'], ['T.st_CardMoves'], ['Test_Card'], ['Moves*'], ['(']])(
  '%j is matched as it stands',
  (pattern) => {
    const expected = pattern === 'Test_Car' || pattern === 'Test_Card' ? [] : [pattern]
    expect(select(files, [pattern]).unmatched).toEqual(expected)
  },
)
