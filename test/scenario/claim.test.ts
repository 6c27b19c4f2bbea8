import { expect, test } from 'vitest'
import { claimIn } from '../../src/scenario/claim.ts'

const file = (comment: string, name = 'Test_X'): string => `${comment}\nexport default scenario('${name}', {})\n`

test('a claim is the paragraph after its label, in one line', () => {
  expect(claimIn(file('/**\n * Claim:  a card arrives once,\n *         whatever is lost.\n */'), 'Test_X')).toBe(
    'a card arrives once, whatever is lost.',
  )
})

test.each([
  ['another label', '/**\n * Claim:  it holds.\n * Why:    because.\n */'],
  ['a label of several words', '/**\n * Claim:  it holds.\n * How it was found: by luck.\n */'],
  ['a blank line', '/**\n * Claim:  it holds.\n *\n * More of it.\n */'],
  ['a tag', '/**\n * Claim:  it holds.\n * @see elsewhere\n */'],
  ['the comment', '/** Claim:  it holds. */'],
])('a claim ends at %s', (_, comment) => {
  expect(claimIn(file(comment), 'Test_X')).toBe('it holds.')
})

test('a line with a colon that is no label belongs to the claim', () => {
  expect(claimIn(file('/**\n * Claim:  it holds: always\n *         at 10:30.\n */'), 'Test_X')).toBe(
    'it holds: always at 10:30.',
  )
})

test('of several scenarios in a file, each has the claim that stands before it', () => {
  const source = file('/** Claim:  one. */', 'Test_One') + file('/** Claim:  two. */', 'Test_Two')
  expect([claimIn(source, 'Test_One'), claimIn(source, 'Test_Two')]).toEqual(['one.', 'two.'])
})

test('a scenario without a claim of its own does not borrow that of the one before it', () => {
  const source = file('/** Claim:  one. */', 'Test_One') + file('/** Says nothing. */', 'Test_Two')
  expect(claimIn(source, 'Test_Two')).toBeUndefined()
})

test('a scenario without a comment of its own has no claim, whatever stands before its neighbour', () => {
  const source = file('/** Claim:  one. */', 'Test_One') + file('', 'Test_Two')
  expect(claimIn(source, 'Test_Two')).toBeUndefined()
})

test('the claim of a file whose scenario computes its name is the last one of the file', () => {
  expect(claimIn("/** Claim:  it holds. */\nexport default scenario(nameOf('x'), {})", 'Test_X')).toBe('it holds.')
})

test.each([
  ['no comment', "export default scenario('Test_X', {})"],
  ['an empty claim', file('/** Claim: */')],
  ['an ordinary comment', file('// Claim:  it holds.')],
])('%s is no claim', (_, source) => {
  expect(claimIn(source, 'Test_X')).toBeUndefined()
})
