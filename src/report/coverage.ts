import type { ScenarioReport } from './document.ts'
import { counted, painter, type RenderOptions, wrapped } from './words.ts'

/** Renders the matrix of operation × fault, one operation or topic a paragraph. */
export function renderCoverage(report: ScenarioReport, options: RenderOptions): string {
  const paint = painter(options.color)
  const targets = Map.groupBy(report.coverage, ({ provider, target }) => `${provider} ${target}`)
  return [...targets]
    .map(([target, cells]) => {
      const broke = cells.filter(({ failed }) => failed > 0)
      const held = cells.filter(({ passed, failed }) => passed > 0 && failed === 0)
      const idle = cells.filter(({ passed, failed }) => passed === 0 && failed === 0)
      const strikes = cells.reduce((sum, { passed, failed }) => sum + passed + failed, 0)
      const line = (tone: 'good' | 'bad' | 'quiet', symbol: string, faults: typeof cells): string[] => {
        if (faults.length === 0) return []
        const names = faults.map(({ fault }) => fault).join(', ')
        return wrapped(names, Math.max(40, options.columns - 6)).map(
          (text, index) => `    ${paint(tone, `${index === 0 ? symbol : ' '} ${text}`)}`,
        )
      }
      return [
        `  ${paint('strong', target)}  ${paint('quiet', `struck ${counted(strikes, 'time')}`)}`,
        ...line('bad', '✗', broke),
        ...line('good', '✓', held),
        ...line('quiet', '·', idle),
      ].join('\n')
    })
    .join('\n')
}
