import type { ScenarioReport } from '../report/document.ts'
import { renderFailure, renderReplay } from '../report/result.ts'

/** A claim that does not hold. Its message is the whole report, since that is what a test runner shows. */
export class ClaimBroken extends Error {
  override readonly name = 'ClaimBroken'
  readonly code = 'claim_broken'

  /** @param declaredAt  Frame of a stack, `at …:12:3`: where the scenario is declared. */
  constructor(report: ScenarioReport, declaredAt: string | undefined) {
    super(inWords(report))
    // Where our own code noticed says nothing about the subject. Editors and reporters need one place to point at.
    this.stack = [`${this.name}: ${this.message}`, ...(declaredAt === undefined ? [] : [declaredAt])].join('\n')
  }
}

function inWords(report: ScenarioReport): string {
  const options = { color: false, columns: 120, linesMax: 60 }
  if (report.mode === 'replay' && report.run) return renderReplay(report, report.run, options)
  return renderFailure(report, options)
}
