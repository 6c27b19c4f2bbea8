import type { ScenarioReport } from '../report/document.ts'
import { renderFailure, renderReplay } from '../report/result.ts'

/** A claim that does not hold. Its message is the whole report, since that is what a test runner shows. */
export class ClaimBroken extends Error {
  override readonly name = 'ClaimBroken'
  readonly code = 'claim_broken'

  constructor(report: ScenarioReport) {
    super(inWords(report))
    // Where our own code noticed says nothing about the subject; without frames, runners print the message only.
    this.stack = `${this.name}: ${this.message}`
  }
}

function inWords(report: ScenarioReport): string {
  const options = { color: false, columns: 120, linesMax: 60 }
  if (report.mode === 'replay' && report.run) return renderReplay(report, report.run, options)
  return renderFailure(report, options)
}
