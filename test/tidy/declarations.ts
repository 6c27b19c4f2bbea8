import { posix } from 'node:path'
import type { Node } from 'oxc-parser'
import { doorFilesOf } from './layout.ts'
import { type Project, type SourceFile, visit } from './project.ts'

/** A declaration, where it stands. */
export interface Declared {
  readonly file: SourceFile
  readonly name: string
  /** The declaration itself: an interface, a type alias, a function, a class, or the declarator of a constant. */
  readonly node: Node
  /** What a documentation comment stands before. */
  readonly statement: Node
}

/** Finds declarations by name, through imports and re-exports. */
export interface Declarations {
  /** Everything that the doors of the package export. */
  readonly exported: readonly Declared[]
  /** What `name` stands for in `file`; `undefined` when it comes from a package or is built in. */
  find(file: SourceFile, name: string): Declared | undefined
}

/** Reads the declarations of a project. */
export function declarationsOf(project: Project): Declarations {
  const byPath = new Map(project.sources.map((file) => [file.path, file]))
  const tables = new Map<string, ModuleTable>()
  const tableOf = (file: SourceFile): ModuleTable => {
    const known = tables.get(file.path)
    if (known) return known
    const made = readModule(file)
    tables.set(file.path, made)
    return made
  }
  const find = (file: SourceFile, name: string, hops = 0): Declared | undefined => {
    const { own, linked } = tableOf(file)
    const here = own.get(name)
    if (here) return here
    const link = linked.get(name)
    const target = link && byPath.get(posix.join(posix.dirname(file.path), link.from))
    return target && hops < 20 ? find(target, link.name, hops + 1) : undefined
  }
  const exported = doorFilesOf(project).flatMap((path) => {
    const door = byPath.get(path)
    if (!door) return []
    return tableOf(door).exportedNames.flatMap((name) => find(door, name) ?? [])
  })
  return { exported: [...new Set(exported)], find }
}

interface ModuleTable {
  readonly own: ReadonlyMap<string, Declared>
  /** Local or exported name to where it is declared. */
  readonly linked: ReadonlyMap<string, { readonly from: string; readonly name: string }>
  readonly exportedNames: readonly string[]
}

function readModule(file: SourceFile): ModuleTable {
  const own = new Map<string, Declared>()
  const linked = new Map<string, { from: string; name: string }>()
  const exportedNames: string[] = []
  for (const statement of file.parsed.program.body) {
    if (statement.type === 'ImportDeclaration') {
      for (const specifier of statement.specifiers) {
        if (specifier.type !== 'ImportSpecifier') continue
        linked.set(specifier.local.name, { from: statement.source.value, name: nameOf(specifier.imported) })
      }
    }
    if (statement.type === 'ExportNamedDeclaration') {
      for (const specifier of statement.specifiers) {
        exportedNames.push(nameOf(specifier.exported))
        if (!statement.source) continue
        linked.set(nameOf(specifier.exported), { from: statement.source.value, name: nameOf(specifier.local) })
      }
    }
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (!declaration) continue
    for (const { name, node } of namesDeclaredBy(declaration)) {
      if (own.has(name)) continue
      own.set(name, { file, name, node, statement })
      if (statement.type === 'ExportNamedDeclaration') exportedNames.push(name)
    }
  }
  return { own, linked, exportedNames }
}

function namesDeclaredBy(node: Node): { name: string; node: Node }[] {
  switch (node.type) {
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return [{ name: node.id.name, node }]
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
      return node.id ? [{ name: node.id.name, node }] : []
    case 'VariableDeclaration':
      return node.declarations.flatMap((declarator) =>
        declarator.id.type === 'Identifier' ? [{ name: declarator.id.name, node: declarator }] : [],
      )
    default:
      return []
  }
}

function nameOf(node: Node): string {
  return node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : ''
}

/** Names of the types that a tree mentions, `Partial<RateLimited>` giving both. */
export function typesMentionedIn(node: Node): string[] {
  const names: string[] = []
  visit(node, (inner) => {
    if (inner.type === 'TSTypeReference' && inner.typeName.type === 'Identifier') names.push(inner.typeName.name)
    if (inner.type === 'TSInterfaceHeritage' && inner.expression.type === 'Identifier')
      names.push(inner.expression.name)
  })
  return names
}
