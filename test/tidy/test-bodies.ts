import type { Node } from 'oxc-parser'
import { type SourceFile, visit } from './project.ts'
import { calleeRoot } from './shape.ts'

/** Where a piece of a test file runs. */
export type Place =
  /** Within a world, where time is virtual. */
  | { readonly kind: 'virtual' }
  /** In the body of a test or hook, in real time. */
  | { readonly kind: 'real' }
  /** In a function with a name: wherever that is called. */
  | { readonly kind: 'function'; readonly name: string }
  /** In a method or a stored callback: nobody can say from the text alone. */
  | { readonly kind: 'unknown' }

/** Names of functions of a file that hand their callback on to a world: `inWorld(async () => …)`. */
export function worldWrappersOf(file: SourceFile): Set<string> {
  const wrappers = new Set<string>()
  let before = -1
  while (wrappers.size > before) {
    before = wrappers.size
    visit(file.parsed.program, (node, ancestors) => {
      if (!isFunction(node)) return
      const name = nameOfFunction(node, ancestors.at(-1))
      const parameters = parametersOf(node)
      if (name !== undefined && parameters.length > 0 && runsParameter(node, parameters, wrappers)) wrappers.add(name)
    })
  }
  return wrappers
}

function runsParameter(node: Node, parameters: readonly string[], wrappers: ReadonlySet<string>): boolean {
  let runs = false
  visit(node, (inner) => {
    if (inner.type !== 'CallExpression' || !entersWorld(inner, wrappers)) return
    for (const argument of inner.arguments) {
      visit(argument, (mentioned) => {
        runs ||= mentioned.type === 'Identifier' && parameters.includes(mentioned.name)
      })
    }
  })
  return runs
}

function entersWorld(call: Node & { readonly type: 'CallExpression' }, wrappers: ReadonlySet<string>): boolean {
  const { callee } = call
  if (callee.type === 'Identifier') return wrappers.has(callee.name) || /^(?:scenario|explore|run)$/.test(callee.name)
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false
  return callee.property.name === 'run' || callee.property.name === 'intent'
}

/** Says where a node runs that has these ancestors. */
export function placeOf(ancestors: readonly Node[], wrappers: ReadonlySet<string>): Place {
  for (let index = ancestors.length - 1; index >= 0; index--) {
    const node = ancestors[index]
    const parent = ancestors[index - 1]
    if (!node || !isFunction(node)) continue
    if (ancestors.slice(0, index).some((outer) => outer.type === 'CallExpression' && entersWorld(outer, wrappers))) {
      return { kind: 'virtual' }
    }
    const name = nameOfFunction(node, parent)
    if (name !== undefined) return { kind: 'function', name }
    if (parent?.type !== 'NewExpression' && parent?.type !== 'CallExpression') return { kind: 'unknown' }
    if (parent.callee === node) continue
    if (/^(?:test|it|beforeEach|afterEach|beforeAll|afterAll)$/.test(calleeRoot(parent.callee))) return { kind: 'real' }
    // Whoever else takes a function may keep it and call it in a world.
    if (!callsAtOnce(parent.callee)) return { kind: 'unknown' }
  }
  // At the top of the module: while tests are collected.
  return { kind: 'real' }
}

/** True for what calls a function that it is given before it returns, or when a promise settles. */
function callsAtOnce(callee: Node): boolean {
  if (callee.type === 'Identifier') return /^(?:Promise|expect)$/.test(callee.name)
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false
  return /^(?:map|flatMap|forEach|from|all|allSettled|race|any|then|catch|finally)$/.test(callee.property.name)
}

function isFunction(node: Node): boolean {
  return /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)
}

function nameOfFunction(node: Node, parent: Node | undefined): string | undefined {
  if (node.type === 'FunctionDeclaration') return node.id?.name
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : undefined
}

function parametersOf(node: Node): string[] {
  if (!('params' in node) || !Array.isArray(node.params)) return []
  const names: string[] = []
  for (const parameter of node.params) {
    visit(parameter as Node, (inner) => {
      if (inner.type === 'Identifier') names.push(inner.name)
    })
  }
  return names
}
