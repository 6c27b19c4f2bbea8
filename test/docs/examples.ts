import { posix } from 'node:path'
import type { Project, SourceFile, TextFile } from '../tidy/project.ts'

/** A piece of code that a document or a docstring shows. */
export interface Example {
  /** The document, or the source file, that it stands in. */
  readonly path: string
  /** Line of the document on which the code begins. */
  readonly line: number
  readonly language: string
  /** File name that the document gives it, so that another example of the same document can import it. */
  readonly title: string | undefined
  readonly code: string
}

const documents = /^(?:README|CONTRIBUTING)\.md$|^docs\/.*\.md$|^bench\/README\.md$|^simulators\/[^/]+\/README\.md$/

/** Every example of the documents and of the docstrings of the package. */
export function examplesOf({ files, sources }: Project): Example[] {
  return [
    ...files.filter(({ path }) => documents.test(path)).flatMap(examplesInMarkdown),
    ...sources.filter(({ path }) => /^(?:src|simulators)\//.test(path)).flatMap(examplesInDocstrings),
  ]
}

const fence = /^(?<indent>[ ]{0,3})(?<ticks>`{3,})(?<info>[^\n`]*)\n(?<code>[\s\S]*?)^\k<indent>\k<ticks>`*[ ]*$/gm

/** The fenced blocks of a Markdown text. */
export function examplesInMarkdown({ path, text }: TextFile): Example[] {
  return [...text.matchAll(fence)].map((match) => {
    const { info = '', code = '' } = match.groups ?? {}
    const [language = '', ...rest] = info.trim().split(/\s+/)
    return {
      path,
      line: text.slice(0, match.index).split('\n').length + 1,
      language: language.toLowerCase(),
      title: /^title="(?<title>[\w.-]+)"$/.exec(rest.join(' '))?.groups?.['title'],
      code,
    }
  })
}

/** What follows `@example` in documentation comments, fenced or not, and what they fence elsewhere. */
export function examplesInDocstrings(file: SourceFile): Example[] {
  const { path, parsed, text } = file
  return parsed.comments
    .filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
    .flatMap(({ start, end }) => {
      const firstLine = file.lineOf(start)
      // Same lines as in the file, without the border of the comment.
      const said = text
        .slice(start + 3, end - 2)
        .split('\n')
        .map((line) => line.replace(/^\s*\*? ?/, ''))
      const fenced = examplesInMarkdown({ path, text: said.join('\n') })
      return [...fenced, ...bareExamples(path, said)].map((example) => ({
        ...example,
        line: example.line + firstLine - 1,
      }))
    })
}

function bareExamples(path: string, said: readonly string[]): Example[] {
  return said.flatMap((line, index) => {
    if (!/^@example\b/.test(line)) return []
    const following = said.slice(index + 1)
    const next = following.findIndex((other) => /^@\w/.test(other))
    const code = following.slice(0, next < 0 ? undefined : next).join('\n')
    if (code.includes('```') || code.trim() === '') return []
    return [{ path, line: index + 2, language: 'ts', title: undefined, code: `${code.trimEnd()}\n` }]
  })
}

/** Languages whose examples are compiled and run. */
export function isTypeScript({ language }: Example): boolean {
  return /^(?:ts|typescript|js|javascript)$/.test(language)
}

/** Languages whose examples are commands. */
export function isShell({ language }: Example): boolean {
  return /^(?:sh|bash|shell|console)$/.test(language)
}

/** Relative links of a document that lead to no file of the project, each as `line: target`. */
export function brokenLinksOf({ path, text }: TextFile, { files }: Project): string[] {
  const known = files.map((file) => file.path)
  const prose = text.replace(fence, (block) => block.replace(/[^\n]/g, ' '))
  return [...prose.matchAll(/\]\((?<target>[^)\s]+)\)/g)].flatMap((match) => {
    const target = match.groups?.['target'] ?? ''
    if (/^(?:[a-z]+:|#)/.test(target)) return []
    const wanted = posix.join(posix.dirname(path), target.replace(/#.*$/, '')).replace(/\/$/, '')
    if (known.some((file) => file === wanted || file.startsWith(`${wanted}/`))) return []
    return [`${text.slice(0, match.index).split('\n').length}: ${target}`]
  })
}
