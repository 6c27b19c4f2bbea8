import { posix } from 'node:path'
import { findingAt, type Project, type SourceFile, visit } from './project.ts'

/** One import, export-from, `import()` or `import('…')` type. */
export interface ImportEdge {
  readonly from: SourceFile
  readonly specifier: string
  /** Path of the imported file from the root; `undefined` for a package or a built-in module. */
  readonly to: string | undefined
  /** Name of the package; `undefined` for a file or a built-in module. */
  readonly packageName: string | undefined
  readonly at: { readonly start: number }
}

/** Every import of a file, those of types included. */
export function importsOf(from: SourceFile): ImportEdge[] {
  const edges: ImportEdge[] = []
  const add = (specifier: unknown, at: { readonly start: number }): void => {
    if (typeof specifier !== 'string') return
    const isFile = specifier.startsWith('.')
    edges.push({
      from,
      specifier,
      at,
      to: isFile ? posix.join(posix.dirname(from.path), specifier) : undefined,
      packageName: isFile || specifier.startsWith('node:') ? undefined : packageOf(specifier),
    })
  }
  visit(from.parsed.program, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        return add(node.source?.value, node)
      case 'ImportExpression':
      case 'TSImportType':
        return add('value' in node.source ? node.source.value : undefined, node)
    }
  })
  return edges
}

function packageOf(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/')
  return first.startsWith('@') ? `${first}/${second}` : first
}

/** All imports of the project's own code. */
export function importsOfCode({ sources }: Project): ImportEdge[] {
  return sources.filter(({ path }) => /^(?:src|simulators)\//.test(path)).flatMap(importsOf)
}

/** A breach at an import. */
export function findingAtImport({ from, at }: ImportEdge, says: string): ReturnType<typeof findingAt> {
  return findingAt(from, at, says)
}
