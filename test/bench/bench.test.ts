import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { groups } from '../../bench/options.ts'
import type { BenchReport } from '../../bench/report.ts'
import { measured, spreadOf } from '../../bench/rounds.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

function bench(...args: readonly string[]): {
  readonly code: number | null
  readonly out: string
  readonly err: string
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bench/main.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 110_000,
  })
  return { code: status, out: stdout, err: stderr }
}

describe('the benchmark', () => {
  test('runs from end to end and prints one JSON document', { timeout: 120_000 }, () => {
    const { code, out, err } = bench('--quick', '--json', '--no-peers')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const report = JSON.parse(out) as BenchReport
    expect(report.quick).toBe(true)
    expect(report.figures.map(({ name }) => name)).toEqual([
      ...['floor-undici', 'floor-fetch', 'msw-fetch', 'world-undici', 'world-undici-read', 'world-fetch'],
      ...['runs-undici', 'runs-fetch'],
      ...['mocks-world-get', 'mocks-intercept-get', 'mocks-msw-get', 'mocks-mockagent-get'],
      ...['mocks-world-put', 'mocks-intercept-put', 'mocks-msw-put', 'mocks-mockagent-put'],
      ...['suite-msw', 'suite-world', 'server-bare', 'server-trello'],
    ])
    expect(report.starts.map(({ name }) => name)).toEqual(['server-bare', 'server-trello', 'server-trello-first'])
    for (const { ms } of report.starts) expect(ms.median).toBeGreaterThan(0)
    expect(report.skipped).toEqual(
      ['mocks-nock-get', 'mocks-nock-put', 'server-mockttp', 'server-mockoon', 'server-prism', 'server-wiremock'].map(
        (name) => `${name} is skipped: --no-peers`,
      ),
    )
    for (const { perSecond, cpuMicros } of report.figures) {
      expect(perSecond.median).toBeGreaterThan(0)
      // The system counts a server's time in hundredths of a second.
      expect(cpuMicros.median).toBeGreaterThanOrEqual(0)
    }
    for (const { times } of report.figures.flatMap(({ against }) => against)) expect(times.median).toBeGreaterThan(0)
    expect(report.parts).not.toHaveLength(0)
    expect(report.memory?.tenths).toHaveLength(10)
    expect(report.memory?.longWorld.exchanges).toBeGreaterThan(0)
  })

  test('measures only what was asked for, and tells it as a table', { timeout: 120_000 }, () => {
    const { code, out } = bench('--quick', '--only', 'memory')
    expect(code).toBe(0)
    expect(out).toContain('Memory over')
    expect(out).not.toContain('undici.request')
  })

  test('explains itself', () => {
    const { code, out } = bench('--help')
    expect(code).toBe(0)
    for (const group of groups) expect(out).toContain(group)
  })

  test.for([
    { args: ['--fast'], says: "Unknown option '--fast'" },
    { args: ['--only', 'speed'], says: '--only: there is no group "speed"; there are exchanges, runs' },
    { args: ['quickly'], says: 'quickly' },
  ])('refuses $args', ({ args, says }) => {
    const { code, out, err } = bench(...args)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(says)
    expect(err).toContain('Usage:')
  })
})

describe('rounds', () => {
  test('run every contestant in every round, each round starting with another one, and count warm-ups for nothing', async () => {
    const laps: string[] = []
    const contestant = (name: string) => ({
      name,
      what: name,
      unit: 'things',
      count: 1,
      exchanges: 1,
      lap: () => {
        laps.push(name)
        return Promise.resolve({ virtualMs: 0 })
      },
    })
    const figures = await measured([contestant('a'), contestant('b')], { warmups: 1, rounds: 2 })
    expect(laps.join('')).toBe('abbaab')
    expect(figures.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  test('tell the median and the quartiles', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4 })
  })
})
