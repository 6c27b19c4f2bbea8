import { afterAll, expect, test, vi } from 'vitest'
import { liveLines, wantsColor } from '../../src/cli/terminal.ts'
import { msMax, project, removeTemporaries, stuntdouble } from './bin.ts'

vi.setConfig({ testTimeout: msMax, hookTimeout: msMax })

afterAll(removeTemporaries)

test.each([
  ['a terminal', {}, true, undefined, true],
  ['a pipe', {}, false, undefined, false],
  ['a terminal that knows no colours', { TERM: 'dumb' }, true, undefined, false],
  ['a terminal, NO_COLOR', { NO_COLOR: '1' }, true, undefined, false],
  ['a terminal, NO_COLOR empty', { NO_COLOR: '' }, true, undefined, true],
  ['a pipe, FORCE_COLOR', { FORCE_COLOR: '1' }, false, undefined, true],
  ['a terminal, FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, undefined, false],
  ['both, of which FORCE_COLOR is the more explicit', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, undefined, true],
  ['a pipe, NO_COLOR, --color', { NO_COLOR: '1' }, false, true, true],
  ['a terminal, FORCE_COLOR, --no-color', { FORCE_COLOR: '1' }, true, false, false],
])('colour is for %s', (_, env, isTty, flag, wanted) => {
  expect(wantsColor({ flag, env, isTty })).toBe(wanted)
})

test('a pipe gets colours with --color and with FORCE_COLOR, and none with NO_COLOR or --no-color', async () => {
  const cwd = project('suite')
  const args = ['run', 'Test_CodeIsRedeemedOnce', '--runs', '0']
  const outputs = await Promise.all([
    stuntdouble([...args, '--color'], { cwd }),
    stuntdouble(args, { cwd, env: { FORCE_COLOR: '1' } }),
    stuntdouble(args, { cwd, env: { NO_COLOR: '1' } }),
    stuntdouble([...args, '--no-color'], { cwd, env: { FORCE_COLOR: '1' } }),
  ])
  expect(outputs.map(({ stdout }) => stdout.includes('\u001b[32m✓\u001b[39m'))).toEqual([true, true, false, false])
  expect(outputs.map(({ stdout }) => stdout.includes('\u001b'))).toEqual([true, true, false, false])
})

function recorded(isTty: boolean, intervalMs: number) {
  const written: string[] = []
  const clock = { now: 0 }
  const live = liveLines({ write: (text) => written.push(text), isTty, now: () => clock.now, intervalMs })
  return { written, clock, live }
}

test('on a terminal, a line is replaced where it stands, and no more often than a person can read', () => {
  const { written, clock, live } = recorded(true, 100)
  live.show('a', () => 'one')
  clock.now = 50
  live.show('a', () => expect.unreachable('too early'))
  clock.now = 100
  live.show('a', () => 'two')
  live.clear()
  expect(written).toEqual(['one\n', '\u001b[1A\u001b[0J', 'two\n', '\u001b[1A\u001b[0J'])
})

test('on a terminal, scenarios that run side by side have a line each, until they end', () => {
  const { written, clock, live } = recorded(true, 100)
  live.show('a', () => 'a: 1')
  live.show('b', () => 'b: 1')
  clock.now = 200
  live.drop('a')
  live.show('b', () => 'b: 2')
  expect(written).toEqual(['a: 1\n', '\u001b[1A\u001b[0J', 'a: 1\nb: 1\n', '\u001b[2A\u001b[0J', 'b: 2\n'])
})

test('in a log, a search that is soon over leaves no line, and a long one leaves one now and then', () => {
  const { written, clock, live } = recorded(false, 10_000)
  live.show('a', () => 'at once')
  for (clock.now = 1; clock.now < 25_000; clock.now += 100) live.show('a', () => `at ${clock.now}`)
  live.clear()
  live.drop('a')
  live.show('a', () => 'at once again')
  expect(written).toEqual(['at 10001\n', 'at 20001\n'])
})
