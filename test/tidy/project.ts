import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Node, type ParseResult, parseSync } from 'oxc-parser'

/** What the rules look at: files by their path from the root, with `/` in between. */
export interface Project {
  readonly files: readonly TextFile[]
  /** Source files only. */
  readonly sources: readonly SourceFile[]
}

/** A file as text. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** A TypeScript file, parsed when first asked. */
export interface SourceFile extends TextFile {
  readonly parsed: ParseResult
  /** The line, from 1, that an offset stands on. */
  lineOf(offset: number): number
  /** The documentation comment right before a node; `undefined` when there is none. */
  docBefore(node: { readonly start: number }): string | undefined
}

/** One breach of a rule. */
export interface Finding {
  readonly path: string
  readonly line: number
  /** What is wrong, and what to do. */
  readonly says: string
}

/** A rule of the style guide. */
export interface Rule {
  /** A claim about the whole project: `imports point up`. */
  readonly name: string
  check(project: Project): Finding[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const skipped = new Set(['node_modules', 'dist', '.git', '.stuntdouble', '.examples'])
const textual = /\.(?:ts|mts|js|mjs|cjs|json|md|ya?ml|sh)$|^[A-Z]+$|^\.ci\/run$|^\.\w+$/

/** This repository, as it stands on disk. */
export function projectOnDisk(): Project {
  const paths = filesUnder(root).map((path) => relative(root, path).split(sep).join('/'))
  const readable = paths.filter((path) => textual.test(path))
  return projectOf(Object.fromEntries(readable.map((path) => [path, readFileSync(join(root, path), 'utf8')])))
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return []
    const path = join(directory, entry.name)
    return entry.isDirectory() ? filesUnder(path) : entry.isFile() ? [path] : []
  })
}

/** A project of the given files: what a rule is proved on. */
export function projectOf(texts: Readonly<Record<string, string>>): Project {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text }))
  return { files, sources: files.filter(({ path }) => /\.(?:ts|mts|js|mjs)$/.test(path)).map(sourceFile) }
}

function sourceFile({ path, text }: TextFile): SourceFile {
  let parsed: ParseResult | undefined
  let docs: Map<number, string> | undefined
  const parse = (): ParseResult => {
    parsed ??= parseSync(path, text, { lang: path.endsWith('ts') ? 'ts' : 'js', sourceType: 'module' })
    return parsed
  }
  return {
    path,
    text,
    get parsed() {
      return parse()
    },
    lineOf: (offset) => text.slice(0, offset).split('\n').length,
    docBefore: ({ start }) => {
      // Keyed by where the code after the comment begins.
      docs ??= new Map(
        parse()
          .comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
          .map(({ value, end }) => [end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0), value]),
      )
      return docs.get(start)
    },
  }
}

/** Visits a tree from the root down. `ancestors` runs from the root to the parent. */
export function visit(node: Node, enter: (node: Node, ancestors: readonly Node[]) => void): void {
  const ancestors: Node[] = []
  const descend = (current: Node): void => {
    enter(current, ancestors)
    ancestors.push(current)
    for (const value of Object.values(current)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) descend(child)
    }
    ancestors.pop()
  }
  descend(node)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** A finding at a node. */
export function findingAt(file: SourceFile, node: { readonly start: number }, says: string): Finding {
  return { path: file.path, line: file.lineOf(node.start), says }
}

/** A finding as a line that an editor opens. */
export function inWords({ path, line, says }: Finding): string {
  return `${path}:${line}  ${says}`
}
