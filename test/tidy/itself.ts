import type { Finding, Project, Rule, TextFile } from './project.ts'

// Put together from parts, so that this file does not break its own rule.
const assistants = ['chat' + 'gpt', 'clau' + 'de', 'co' + 'pilot', 'anthro' + 'pic', 'open' + 'ai', 'gemi' + 'ni']

interface Pattern {
  readonly pattern: RegExp
  readonly says: string
  /** Only comments of source files are looked at. */
  readonly inCommentsOnly?: boolean
}

const patterns: readonly Pattern[] = [
  {
    pattern: /(?<![\w&/])#\d{1,5}\b|\bissues? +#?\d+\b|\bpull request +#?\d+\b/gi,
    says: 'A number of a tracker says nothing to the reader here: say the reason.',
    inCommentsOnly: true,
  },
  {
    pattern: new RegExp(`\\b(?:${assistants.join('|')})\\b`, 'gi'),
    says: 'The project speaks of itself alone: leave out with what help it was written.',
  },
  {
    pattern: /(?<![\w.~:/])\/(?:home|root|work|Users|mnt)\/[\w.-]+|\b[A-Z]:\\\\?Users\b/g,
    says: 'A path of one machine: say it from the root of the repository, or make it from import.meta.url.',
  },
  {
    pattern: /https?:\/\/[\w.-]*\b(?:registry|artifactory|nexus|verdaccio)\b[\w.-]*|"resolved":\s*"http/gi,
    says: 'Where packages come from is for the machine to say: leave registry addresses out.',
  },
]

/** Files speak of the project alone: no tracker, no assistant, no machine, no registry. */
export const speaksOfItselfAlone: Rule = {
  name: 'files speak of the project alone',
  check: (project) =>
    project.files.flatMap((file) => patterns.flatMap((pattern) => breachesOf(project, file, pattern))),
}

function breachesOf(project: Project, file: TextFile, { pattern, says, inCommentsOnly }: Pattern): Finding[] {
  const text = inCommentsOnly ? prose(project, file) : file.text
  return [...text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: text.slice(0, match.index).split('\n').length,
    says: `"${match[0]}": ${says}`,
  }))
}

/** What a file says in words: a Markdown file without its code, a source file's comments where they stand. */
function prose({ sources }: Project, file: TextFile): string {
  if (file.path.endsWith('.md')) return file.text.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ' '))
  const source = sources.find(({ path }) => path === file.path)
  if (!source) return ''
  let text = file.text.replace(/[^\n]/g, ' ')
  for (const { start, end } of source.parsed.comments) {
    text = text.slice(0, start) + file.text.slice(start, end) + text.slice(end)
  }
  return text
}
