const docComments = /\/\*\*([\s\S]*?)\*\//g
const namedScenario = /\bscenario\(\s*['"`]Test_\w/
const label = /^[A-Z][A-Za-z ]*:\s/

/**
 * Reads a scenario's claim from its file: the paragraph `Claim: …` of the doc comment that stands before the scenario,
 * in one line. It ends at the next label (`Method:`, `Why:`), tag or blank line.
 *
 * @param name  The scenario's name: where a file holds several, each has its own comment.
 */
export function claimIn(source: string, name: string): string | undefined {
  const [before = source] = source.split(new RegExp(`(['"\`])${name}\\1`))
  // What stands before the neighbour's name is the neighbour's.
  const own = before.split(namedScenario).at(-1) ?? before
  const claims = [...own.matchAll(docComments)].flatMap(([, text = '']) => claimOf(text) ?? [])
  return claims.at(-1)
}

function claimOf(comment: string): string | undefined {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*?\s*/, '').trimEnd())
  const start = lines.findIndex((line) => line.startsWith('Claim:'))
  if (start < 0) return undefined
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => line === '' || line.startsWith('@') || label.test(line))
  const paragraph = [lines[start]?.slice('Claim:'.length), ...rest.slice(0, end < 0 ? rest.length : end)]
  return paragraph.join(' ').replace(/\s+/g, ' ').trim() || undefined
}
