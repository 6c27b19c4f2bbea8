import { describe, expect, test } from 'vitest'
import { modulesLoadedBy } from './tidy/module-graph.ts'
import { inWords, projectOf, projectOnDisk } from './tidy/project.ts'
import { proofs } from './tidy/proofs.ts'
import { rules } from './tidy/rules.ts'

const names = Object.keys(rules) as (keyof typeof rules)[]

describe('this repository', () => {
  const project = projectOnDisk()

  test('is read whole', () => {
    const paths = project.files.map(({ path }) => path)
    expect(paths).toContain('package.json')
    expect(paths).toContain('src/index.ts')
    expect(paths).toContain('test/tidy.test.ts')
    expect(project.sources.flatMap(({ path, parsed }) => (parsed.errors.length > 0 ? [path] : []))).toEqual([])
  })

  test.for(names)('%s', (name) => {
    expect(rules[name].check(project).map(inWords)).toEqual([])
  })
})

describe.for(names)('the rule %s', (name) => {
  const { refuses, admits } = proofs[name]

  test.for(Object.keys(refuses))('refuses %s', (what) => {
    const { files, at } = refuses[what] ?? { files: {}, at: '' }
    const findings = rules[name].check(projectOf(files))
    expect(findings.map(({ path, line }) => `${path}:${line}`)).toEqual([at])
    expect(findings.every(({ says }) => says.length > 20)).toBe(true)
  })

  test.for(Object.keys(admits))('admits %s', (what) => {
    expect(rules[name].check(projectOf(admits[what] ?? {})).map(inWords)).toEqual([])
  })
})

describe('what production code loads', () => {
  const testingOnly =
    /\/node_modules\/(?:vitest|@vitest|@pact-foundation|msw|@mswjs|fast-check|@sinonjs|@faker-js|commander)\/|\/simulators\/|\/src\/(?!http\/|core\/|providers\/)/

  test.for(['stuntdouble/core', 'stuntdouble/providers/trello'])('%s loads nothing that is only for tests', (door) => {
    const loaded = modulesLoadedBy(door)
    expect(loaded.some((url) => url.includes('/src/core/'))).toBe(true)
    expect(loaded.filter((url) => testingOnly.test(url))).toEqual([])
  })

  test('is told from what tests load', () => {
    const loaded = modulesLoadedBy('stuntdouble').filter((url) => testingOnly.test(url))
    expect(loaded.some((url) => url.includes('/fast-check/'))).toBe(true)
    expect(loaded.some((url) => url.includes('/src/world/'))).toBe(true)
  })
})
