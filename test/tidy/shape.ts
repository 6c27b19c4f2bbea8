import type { Node } from 'oxc-parser'
import { type Finding, findingAt, type Rule, type SourceFile, visit } from './project.ts'

const linesMax = 400
const functionLinesMax = 70

/** Files end at 400 lines. */
export const filesAreShort: Rule = {
  name: `a file has at most ${linesMax} lines`,
  check: ({ sources }) =>
    sources.flatMap(({ path, text }) => {
      const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
      if (lines <= linesMax) return []
      return [{ path, line: linesMax + 1, says: `${lines} lines, ${linesMax} at most: give a part a file of its own.` }]
    }),
}

/** Functions end at 70 lines. A function that only registers tests is a list of tests, and each of those counts. */
export const functionsAreShort: Rule = {
  name: `a function has at most ${functionLinesMax} lines`,
  check: ({ sources }) =>
    sources.flatMap((file) =>
      functionsIn(file).flatMap((node) => {
        const lines = file.lineOf(node.end) - file.lineOf(node.start) + 1
        if (lines <= functionLinesMax || (file.path.startsWith('test/') && registersTests(node))) return []
        return [
          findingAt(file, node, `${lines} lines, ${functionLinesMax} at most: take a step out of it and name it.`),
        ]
      }),
    ),
}

function functionsIn(file: SourceFile): Node[] {
  const found: Node[] = []
  visit(file.parsed.program, (node) => {
    if (/^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) found.push(node)
  })
  return found
}

function registersTests(suite: Node): boolean {
  let found = false
  visit(suite, (node) => {
    if (node.type === 'CallExpression') found ||= /^(?:test|it|describe)$/.test(calleeRoot(node.callee))
  })
  return found
}

/** Name at the start of what is called: `test` of `test.for(cases)(…)`. */
export function calleeRoot(callee: Node): string {
  if (callee.type === 'Identifier') return callee.name
  if (callee.type === 'MemberExpression') return calleeRoot(callee.object)
  if (callee.type === 'CallExpression') return calleeRoot(callee.callee)
  if (callee.type === 'TaggedTemplateExpression') return calleeRoot(callee.tag)
  return ''
}

/** Outside data is `unknown` until a schema has parsed it; what a type says of our code is said in full. */
export const typesAreSaid: Rule = {
  name: 'no type is `any`',
  check: ({ sources }) =>
    ofPackage(sources).flatMap((file) =>
      found(file, (node) =>
        node.type === 'TSAnyKeyword' ? 'Say the type; what comes from outside is `unknown` until parsed.' : undefined,
      ),
    ),
}

/** What fails says which failure it is. Tests play the part of users' code, which throws what it likes. */
export const errorsHaveNames: Rule = {
  name: 'no bare Error is thrown',
  check: ({ sources }) =>
    sources
      .filter(({ path }) => /^(?:src|simulators|bin|bench|scenarios|test\/tidy)\//.test(path))
      .flatMap((file) =>
        found(file, (node) => {
          const isThrown = node.type === 'ThrowStatement' && makesBareError(node.argument)
          const isRejected =
            node.type === 'CallExpression' &&
            /(?:^|\.)reject$/.test(file.text.slice(node.callee.start, node.callee.end)) &&
            node.arguments[0] !== undefined &&
            makesBareError(node.arguments[0])
          if (!isThrown && !isRejected) return undefined
          return "Throw the error of its area, with a code from the area's catalogue, or assert what must hold."
        }),
      ),
}

function makesBareError(node: Node): boolean {
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return false
  return node.callee.type === 'Identifier' && node.callee.name === 'Error'
}

/** A module gives names; only a scenario, and a tool's configuration, is the one thing of its file. */
export const exportsAreNamed: Rule = {
  name: 'exports are named, and none is `export *`',
  check: ({ sources }) =>
    sources.flatMap((file) =>
      found(file, (node) => {
        if (node.type === 'ExportAllDeclaration') return 'Name what is exported: `export { a, b } from …`.'
        if (node.type !== 'ExportDefaultDeclaration' || /\.(?:scenario|config)\.ts$/.test(file.path)) return undefined
        return 'Give the export its name; the importer must not have to invent one.'
      }),
    ),
}

/** A file is named after its one main export. */
export const fileNamesAreKebabCase: Rule = {
  name: 'files are named in kebab-case',
  check: ({ sources }) =>
    sources.flatMap(({ path }) => {
      const name = path.split('/').at(-1) ?? ''
      if (/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)+$/.test(name) || /^Test_[A-Za-z0-9]+\.scenario\.ts$/.test(name))
        return []
      return [{ path, line: 1, says: `${name}: write kebab-case.ts, or Test_TheClaim.scenario.ts for a scenario.` }]
    }),
}

function ofPackage(sources: readonly SourceFile[]): SourceFile[] {
  return sources.filter(({ path }) => /^(?:src|simulators)\//.test(path))
}

/** Findings where `judge` says something of a node. */
export function found(
  file: SourceFile,
  judge: (node: Node, ancestors: readonly Node[]) => string | undefined,
): Finding[] {
  const findings: Finding[] = []
  visit(file.parsed.program, (node, ancestors) => {
    const says = judge(node, ancestors)
    if (says !== undefined) findings.push(findingAt(file, node, says))
  })
  return findings
}
