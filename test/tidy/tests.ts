import type { Node } from 'oxc-parser'
import { type Finding, findingAt, type Project, type Rule, type SourceFile, visit } from './project.ts'
import { calleeRoot, found } from './shape.ts'
import { placeOf, worldWrappersOf } from './test-bodies.ts'

/** Titles are claims that hold: `replays an idempotency key`. */
export const titlesAreClaims: Rule = {
  name: 'test titles are claims, without "should"',
  check: (project) =>
    testFiles(project).flatMap((file) =>
      found(file, (node) => {
        if (node.type !== 'CallExpression' || !isTestCall(node.callee)) return undefined
        const [title] = node.arguments
        const text = title ? file.text.slice(title.start, title.end) : ''
        return /^['"`]/.test(text) && /\bshould(?:n\\?'t)?\b/i.test(text)
          ? 'Say what holds, in the present tense.'
          : undefined
      }),
    ),
}

/** Every test runs: one that is left out proves nothing, and one that runs alone hides the rest. */
export const noTestIsLeftOut: Rule = {
  name: 'no test is skipped, left to do, or run alone',
  check: (project) =>
    testFiles(project).flatMap((file) =>
      found(file, (node, ancestors) => {
        if (node.type !== 'MemberExpression' || ancestors.at(-1)?.type === 'MemberExpression') return undefined
        const chain = file.text.slice(node.start, node.end)
        const isLeftOut = /^(?:test|it|describe)\b/.test(chain) && /\.(?:skip|skipIf|runIf|todo|only)$/.test(chain)
        return isLeftOut ? 'Let it run, or take it out and say in the commit why.' : undefined
      }),
    ),
}

/** Time in tests is virtual; what happens outside a world is waited for by its event. */
export const noTestSleeps: Rule = {
  name: 'no test sleeps',
  check: (project) => {
    const findings: Finding[] = []
    const sleepers = new Map<string, Set<string>>()
    const namesOf = (path: string): Set<string> => {
      const names = sleepers.get(path) ?? new Set()
      sleepers.set(path, names)
      return names
    }
    const files = testFiles(project).map((file) => ({ file, wrappers: worldWrappersOf(file), timers: sleepsOf(file) }))
    // A function that sleeps passes it on to whoever calls it, so this goes round until no new one is found.
    for (let known = -1; known < countOf(sleepers); ) {
      known = countOf(sleepers)
      findings.length = 0
      for (const { file, wrappers, timers } of files) {
        visit(file.parsed.program, (node, ancestors) => {
          if (!timers.has(node) && !callsOneOf(node, namesOf(file.path))) return
          const place = placeOf(ancestors, wrappers)
          if (place.kind === 'function') namesOf(file.path).add(place.name)
          if (place.kind === 'real') findings.push(findingAt(file, node, 'Wait for what happens, or use virtual time.'))
        })
      }
    }
    return findings
  },
}

function countOf(sleepers: ReadonlyMap<string, ReadonlySet<string>>): number {
  return [...sleepers.values()].reduce((sum, { size }) => sum + size, 0)
}

function callsOneOf(node: Node, names: ReadonlySet<string>): boolean {
  return node.type === 'CallExpression' && node.callee.type === 'Identifier' && names.has(node.callee.name)
}

/** What sleeps by itself: a promise of a timer, the timers of `timers/promises`, and a thread that is held. */
function sleepsOf(file: SourceFile): Set<Node> {
  const sleeps = new Set<Node>()
  const { text } = file
  const imported = new Set<string>()
  visit(file.parsed.program, (node) => {
    if (node.type !== 'ImportDeclaration' || !/^(?:node:)?timers\/promises$/.test(node.source.value)) return
    for (const { local } of node.specifiers) imported.add(local.name)
  })
  visit(file.parsed.program, (node, ancestors) => {
    if (node.type !== 'CallExpression') return
    const callee = text.slice(node.callee.start, node.callee.end)
    if (imported.has(calleeRoot(node.callee)) && !/^setImmediate$|\.(?:setImmediate|yield)$/.test(callee))
      sleeps.add(node)
    if (
      /^(?:Atomics\.wait|execSync|spawnSync)$/.test(callee) &&
      /Atomics|sleep/.test(text.slice(node.start, node.end))
    ) {
      sleeps.add(node)
    }
    if (!/^(?:globalThis\.)?set(?:Timeout|Interval)$/.test(callee) || imported.has(callee)) return
    const wait = node.arguments[1]
    const promise = ancestors.findLast(
      (outer) => outer.type === 'NewExpression' && calleeRoot(outer.callee) === 'Promise',
    )
    if (promise && wait && text.slice(wait.start, wait.end) !== '0') sleeps.add(promise)
  })
  return sleeps
}

/** A machine may be slow: what took how long is no fact about the code. */
export const noTestAssertsADuration: Rule = {
  name: 'no test asserts a duration it measured',
  check: (project) =>
    testFiles(project).flatMap((file) => {
      const isDuration = durationsOf(file)
      return found(file, (node) => {
        if (node.type !== 'CallExpression' || !/^(?:expect|assert)$/.test(calleeRoot(node.callee))) return undefined
        return node.arguments.some(isDuration) ? 'Assert on virtual time, or on counts; measure in bench/.' : undefined
      })
    }),
}

/** Tells whether something holds a difference of two readings of a real clock. */
function durationsOf(file: SourceFile): (node: Node) => boolean {
  const wrappers = worldWrappersOf(file)
  const readings = new Set<string>()
  const durations = new Set<string>()
  const realReads = new Set<Node>()
  visit(file.parsed.program, (node, ancestors) => {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return
    const source = file.text.slice(node.start, node.end)
    if (!/^(?:performance\.now|Date\.now|process\.hrtime(?:\.bigint)?|new Date)\(\)$/.test(source)) return
    if (placeOf(ancestors, wrappers).kind !== 'virtual') realReads.add(node)
  })
  const contains = (node: Node, wanted: (inner: Node) => boolean): boolean => {
    let held = false
    visit(node, (inner) => {
      held ||= wanted(inner)
    })
    return held
  }
  const isReading = (node: Node): boolean =>
    realReads.has(node) || (node.type === 'Identifier' && readings.has(node.name))
  const isDuration = (node: Node): boolean =>
    contains(node, (inner) => {
      if (inner.type === 'Identifier') return durations.has(inner.name)
      if (inner.type !== 'BinaryExpression' || inner.operator !== '-') return false
      return contains(inner.left, isReading) || contains(inner.right, isReading)
    })
  // Twice, so that a helper may stand below the tests that call it.
  for (let round = 0; round < 2; round++) {
    visit(file.parsed.program, (node, ancestors) => {
      if (node.type === 'VariableDeclarator' && node.init && node.id.type === 'Identifier') {
        const isClosure = /Function/.test(node.init.type)
        if (!isClosure && contains(node.init, isReading)) readings.add(node.id.name)
        if (!isClosure && isDuration(node.init)) durations.add(node.id.name)
      }
      const returned = node.type === 'ReturnStatement' ? node.argument : undefined
      const place = returned && isDuration(returned) ? placeOf(ancestors, wrappers) : undefined
      if (place?.kind === 'function') durations.add(place.name)
    })
  }
  return isDuration
}

function isTestCall(callee: Node): boolean {
  return /^(?:test|it|describe)$/.test(calleeRoot(callee))
}

function testFiles({ sources }: Project): SourceFile[] {
  return sources.filter(({ path }) => /(?:^|\/)test\//.test(path))
}
