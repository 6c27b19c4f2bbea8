import type { Example } from './examples.ts'

/** What the command and package.json really offer. */
export interface Offer {
  /** Help text by sub-command; `''` for the command itself. */
  readonly help: Readonly<Record<string, string>>
  readonly scripts: readonly string[]
  /** Names of the scenarios of this repository. */
  readonly scenarios: readonly string[]
}

/** What in a shell example cannot be run as it stands, each as `path:line  why`. */
export function staleCommandsIn(example: Example, offer: Offer): string[] {
  return example.code.split('\n').flatMap((text, index) =>
    commandsIn(text).flatMap((words) => {
      const why = staleness(words, offer)
      return why === undefined ? [] : [`${example.path}:${example.line + index}  ${why}`]
    }),
  )
}

/** A call that a shell example makes by `curl`. */
export interface ShownCall {
  /** `path:line` of the document. */
  readonly where: string
  readonly method: string
  readonly url: string
  readonly body: string | undefined
}

/** Every call that an example makes, in order. */
export function callsIn(example: Example): ShownCall[] {
  return example.code.split('\n').flatMap((text, index) =>
    commandsIn(text).flatMap(([program, ...words]) => {
      if (program !== 'curl') return []
      const after = (flag: string): string | undefined => {
        const at = words.indexOf(flag)
        return at < 0 ? undefined : words[at + 1]?.replace(/^'(.*)'$/, '$1')
      }
      const body = after('--json')
      const method = after('-X') ?? (body === undefined ? 'GET' : 'POST')
      const url = (words.at(-1) ?? '').replace(/^'(.*)'$/, '$1')
      return [{ where: `${example.path}:${example.line + index}`, method, url, body }]
    }),
  )
}

/** A line's commands as words; quotes hold words together, `#` begins a comment. */
function commandsIn(line: string): string[][] {
  const commands: string[][] = [[]]
  for (const [token] of line.replace(/^\s*\$ /, '').matchAll(/#.*|&&|\||;|(?:'[^']*'|"[^"]*"|[^\s'"|;&#])+/g)) {
    if (token.startsWith('#')) break
    if (/^(?:&&|\||;)$/.test(token)) commands.push([])
    else commands.at(-1)?.push(token)
  }
  return commands.filter((words) => words.length > 0)
}

function staleness(words: readonly string[], offer: Offer): string | undefined {
  const [program = '', ...rest] = words[0] === 'npx' ? words.slice(1) : words
  if (program === 'stuntdouble') return ownStaleness(rest, offer)
  if (program !== 'npm')
    return /^(?:git|cd|node|tsc|biome|vitest|curl)$/.test(program) ? undefined : `"${program}" is unknown here.`
  const [verb = '', script = ''] = rest
  if (/^(?:ci|install)$/.test(verb)) return undefined
  const wanted = verb === 'run' ? script : verb
  return offer.scripts.includes(wanted) ? undefined : `package.json has no script "${wanted}".`
}

function ownStaleness(words: readonly string[], { help, scenarios }: Offer): string | undefined {
  const command = words[0] === undefined || words[0].startsWith('-') ? '' : words[0]
  const text = help[command]
  if (text === undefined) return `stuntdouble has no command "${command}".`
  const flags = words.filter((word) => word.startsWith('-')).map((word) => word.replace(/=.*$/, ''))
  const unknown = flags.find((flag) => !new RegExp(`(?:^|[\\s,])${flag}(?=[\\s,=])`).test(text))
  if (unknown !== undefined) return `stuntdouble ${command} has no flag ${unknown}.`
  const named = words.find((word) => /^Test_\w+$/.test(word) && !scenarios.includes(word))
  return named === undefined ? undefined : `There is no scenario ${named}.`
}
