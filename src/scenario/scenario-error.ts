/** Why a scenario could not be judged. */
export type ScenarioErrorCode = 'name_invalid' | 'options_invalid' | 'baseline_throws'

/** A defect of the scenario itself, not of the code that it judges. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  /**
   * `name_invalid`: not `Test_` and a claim in one word · `options_invalid` · `baseline_throws`: what it brings fails
   * outside of any intent although no fault struck, or while it was arranged.
   */
  readonly code: ScenarioErrorCode

  constructor(code: ScenarioErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
