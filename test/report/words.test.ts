import { expect, test } from 'vitest'
import { clockTime, counted, durationInWords, painter, shortened, thousands, wrapped } from '../../src/report/words.ts'

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [59_999, '59.9 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [273_600_000, '3 d 4 h'],
  [86_400_000_000, '1,000 d'],
])('a duration of %i ms reads %s', (ms, words) => {
  expect(durationInWords(ms)).toBe(words)
})

test.each([
  [0, '00:00.000'],
  [1_262, '00:01.262'],
  [3_599_999, '59:59.999'],
  [3_723_456, '1:02:03.456'],
  [90_000_000, '25:00:00.000'],
])('the instant %i ms after the start reads %s', (ms, clock) => {
  expect(clockTime(ms)).toBe(clock)
})

test('counts have their plural, and thousands stand apart', () => {
  expect([counted(0, 'run'), counted(1, 'run'), counted(12_345, 'run')]).toEqual(['0 runs', '1 run', '12,345 runs'])
  expect(thousands(1_234_567)).toBe('1,234,567')
})

test('shortened text fits its width and stays on one line', () => {
  expect(shortened('one\n  two', 20)).toBe('one two')
  expect(shortened('abcdef', 6)).toBe('abcdef')
  expect(shortened('abcdefg', 6)).toBe('abcde…')
})

test('wrapped text breaks between words and keeps its own line breaks', () => {
  expect(wrapped('one two three\nfour', 7)).toEqual(['one two', 'three', 'four'])
  expect(wrapped('incomprehensible it is', 5)).toEqual(['incomprehensible', 'it is'])
})

test('a painter without colour leaves text as it is, one with colour wraps it in ANSI sequences', () => {
  expect(painter(false)('bad', 'no')).toBe('no')
  expect(painter(true)('bad', 'no')).toBe('\u001b[31mno\u001b[39m')
})
