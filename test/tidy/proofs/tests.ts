import type { Files, Proof } from './proof.ts'

const inTest = (...body: string[]): Files => ({ 'test/a.test.ts': body.join('\n') })

/** What the rules about tests refuse and admit. */
export const testProofs = {
  titlesAreClaims: {
    refuses: {
      'a wish': { files: inTest("test('should reply', () => {})"), at: 'test/a.test.ts:1' },
      'a wish about many': {
        files: inTest('', "test.for(cases)('a call shouldn\\'t fail', () => {})"),
        at: 'test/a.test.ts:2',
      },
    },
    admits: { 'a claim': inTest("test('replies', () => { expect('should').toBe('should') })") },
  },
  noTestIsLeftOut: {
    refuses: {
      'a test that waits': { files: inTest("test.skip('a', () => {})"), at: 'test/a.test.ts:1' },
      'a test that nobody wrote': { files: inTest("it.todo('a')"), at: 'test/a.test.ts:1' },
      'a test that hides the others': {
        files: inTest("describe.concurrent.only('a', () => {})"),
        at: 'test/a.test.ts:1',
      },
      'a test that runs at times': { files: inTest("test.skipIf(slow)('a', () => {})"), at: 'test/a.test.ts:1' },
    },
    admits: { 'tests that run': inTest("test.for([1])('a', () => { list.skip(1); test.fails('b') })") },
  },
  noTestSleeps: {
    refuses: {
      'a promise of a timer': {
        files: inTest("test('a', async () => {", '  await new Promise((resolve) => setTimeout(resolve, 50))', '})'),
        at: 'test/a.test.ts:2',
      },
      'the timers of node:timers/promises, under another name': {
        files: inTest("import { setTimeout as pause } from 'node:timers/promises'", "test('a', () => pause(50))"),
        at: 'test/a.test.ts:2',
      },
      'a helper that sleeps': {
        files: inTest(
          'const nap = () => new Promise((wake) => setTimeout(wake, 50))',
          'async function rest() { await nap() }',
          'beforeEach(async () => { await rest() })',
        ),
        at: 'test/a.test.ts:3',
      },
      'a sleep beside a world': {
        files: inTest(
          "test('a', async () => {",
          '  await world.run(go)',
          '  await new Promise((r) => setTimeout(r, 5))',
          '})',
        ),
        at: 'test/a.test.ts:3',
      },
      'a sleep in a loop of tests': {
        files: inTest(
          "test.for(doors)('a', (door) => Promise.all(",
          'list.map(() => new Promise((r) => setTimeout(r, 5)))))',
        ),
        at: 'test/a.test.ts:2',
      },
      'a thread that is held': {
        files: inTest("test('a', () => { Atomics.wait(cells, 0, 0, 50) })"),
        at: 'test/a.test.ts:1',
      },
    },
    admits: {
      'virtual time': inTest(
        'const nap = (ms) => new Promise((wake) => setTimeout(wake, ms))',
        'const inWorld = (body) => world.run(async () => body())',
        "test('a', () => world.run(async () => { await nap(50) }))",
        "test('b', () => inWorld(() => nap(50)))",
        "test('c', async () => { const subject = { move: () => nap(50) }; await world.run(subject.move) })",
        "scenario('Test_A', { play: async () => { await nap(50) } })",
        'const wrong = one(async () => { while (!(await order())) await nap(50) })',
        "test('e', () => { const late = one(() => order().catch(() => nap(50))); return played(late) })",
        "test('d', () => { const { run } = bench(); return run(async () => { await nap(50) }) })",
      ),
      'a turn of the loop': inTest(
        "import { setImmediate as turn } from 'node:timers/promises'",
        "test('a', async () => { await new Promise((resolve) => setImmediate(resolve)) })",
        "test('b', async () => { await new Promise((resolve) => setTimeout(resolve, 0)) })",
      ),
      'a timer that nobody waits for': inTest(
        "test('a', () => { const timer = setTimeout(stop, 50); clearTimeout(timer) })",
      ),
    },
  },
  noTestAssertsADuration: {
    refuses: {
      'a difference of two readings': {
        files: inTest(
          "test('a', async () => {",
          '  const startedAt = performance.now()',
          '  expect(performance.now() - startedAt).toBeLessThan(100)',
          '})',
        ),
        at: 'test/a.test.ts:3',
      },
      'a difference with a name': {
        files: inTest(
          'const before = Date.now()',
          'const elapsedMs = Date.now() - before',
          'assert.ok(elapsedMs < 100)',
        ),
        at: 'test/a.test.ts:3',
      },
      'a helper that measures': {
        files: inTest(
          "test('a', async () => {",
          '  const ms = await measured(run)',
          '  expect(ms).toBeLessThan(100)',
          '})',
          'async function measured(run) { const at = performance.now(); await run(); return performance.now() - at }',
        ),
        at: 'test/a.test.ts:3',
      },
    },
    admits: {
      'virtual time': inTest(
        "test('a', () => world.run(async () => {",
        '  const startedAt = Date.now()',
        '  await wait()',
        '  expect(Date.now() - startedAt).toBe(60_000)',
        '}))',
      ),
      'other differences': inTest(
        "test('a', () => { const before = list.length; expect(list.length - before).toBe(1) })",
      ),
      'a duration that is printed': inTest(
        'const at = Date.now()',
        'console.log(Date.now() - at)',
        'expect(1).toBe(1)',
      ),
    },
  },
} satisfies Readonly<Record<string, Proof>>
