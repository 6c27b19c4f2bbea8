import type { Node } from 'oxc-parser'
import type { Rule, SourceFile } from './project.ts'
import { found } from './shape.ts'

const timers = /^(?:set|clear)(?:Timeout|Interval|Immediate)$/
const randomOfCrypto =
  /^(?:random(?:UUID|Bytes|Int|Fill|FillSync|UUIDv7)|getRandomValues|generateKey\w*|generatePrime\w*|webcrypto|default)$/

/** A simulator takes time and chance from its `ctx`, so that one seed and one clock rule its whole run. */
export const simulatorsTakeTimeFromContext: Rule = {
  name: 'simulators take time, chance and ids from their context',
  check: ({ sources }) =>
    sources
      .filter((file) => isOfSimulators(file))
      .flatMap((file) => found(file, (node, ancestors) => breachOf(node, ancestors.at(-1), ancestors.at(-2)))),
}

function isOfSimulators({ path, text }: SourceFile): boolean {
  if (/^(?:simulators|src\/simulator)\//.test(path)) return true
  // A double made for a test or a document runs in a world like any other.
  return /^(?:test|scenarios)\//.test(path) && !path.endsWith('.test.ts') && text.includes('defineSimulator({')
}

function breachOf(node: Node, parent: Node | undefined, grandparent: Node | undefined): string | undefined {
  if (node.type === 'ImportDeclaration') return importBreach(node)
  if (node.type === 'ImportExpression' && node.source.type === 'Literal') {
    return /^(?:node:)?(?:timers|crypto|perf_hooks)/.test(String(node.source.value))
      ? takeFromContext('This')
      : undefined
  }
  if (node.type !== 'Identifier' || !isRead(node, parent)) return undefined
  if (node.name === 'Date') return dateBreach(node, parent)
  if (node.name === 'Math') {
    const member = memberOf(node, parent)
    return member === 'random' || member === undefined ? takeFromContext('Math.random') : undefined
  }
  if (node.name === 'process') {
    const member = memberOf(node, parent)
    return member === undefined || /^(?:hrtime|uptime|nextTick)$/.test(member) ? takeFromContext('process') : undefined
  }
  if (node.name === 'crypto') {
    const member = memberOf(node, parent)
    const isDeep = grandparent?.type === 'MemberExpression' && member === 'subtle'
    return isDeep ? undefined : takeFromContext('crypto')
  }
  if (/^(?:globalThis|global|performance|queueMicrotask)$/.test(node.name) || timers.test(node.name)) {
    return takeFromContext(node.name)
  }
  return undefined
}

function importBreach(node: Node & { readonly type: 'ImportDeclaration' }): string | undefined {
  if (node.importKind === 'type') return undefined
  const from = node.source.value.replace(/^node:/, '')
  if (/^(?:timers(?:\/promises)?|perf_hooks)$/.test(from)) return takeFromContext(from)
  if (from !== 'crypto') return undefined
  const names = node.specifiers.map((specifier) => {
    if (specifier.type !== 'ImportSpecifier') return 'default'
    return specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.value
  })
  const random = names.find((name) => randomOfCrypto.test(name))
  if (random === 'default') return 'Import by name what is needed of node:crypto, so that chance cannot come with it.'
  return random === undefined ? undefined : takeFromContext(random)
}

/** `new Date(ms)`, `Date.parse` and `Date.UTC` read no clock; everything else may. */
function dateBreach(node: Node, parent: Node | undefined): string | undefined {
  if (parent?.type === 'NewExpression' && parent.callee === node && parent.arguments.length > 0) return undefined
  if (parent?.type === 'BinaryExpression' && parent.operator === 'instanceof') return undefined
  return /^(?:parse|UTC)$/.test(memberOf(node, parent) ?? '') ? undefined : takeFromContext('Date')
}

function memberOf(node: Node, parent: Node | undefined): string | undefined {
  if (parent?.type !== 'MemberExpression' || parent.object !== node || parent.computed) return undefined
  return parent.property.type === 'Identifier' ? parent.property.name : undefined
}

/** False for a name that is only a key, a member of something else, or a type. */
function isRead(node: Node, parent: Node | undefined): boolean {
  if (!parent || /^(?:TS(?!AsExpression|NonNull|Satisfies)|ImportSpecifier|ExportSpecifier)/.test(parent.type))
    return false
  if (/^Import(?:Default|Namespace)Specifier$/.test(parent.type)) return false
  if (parent.type === 'VariableDeclarator') return parent.init === node
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed
  if (parent.type === 'Property') return parent.value === node || parent.computed
  if (/^(?:MethodDefinition|PropertyDefinition)$/.test(parent.type) && 'key' in parent) return parent.key !== node
  return true
}

function takeFromContext(what: string): string {
  return `${what} is outside the run's clock and seed: take ctx.clock, ctx.random, ctx.ids or ctx.schedule.`
}
