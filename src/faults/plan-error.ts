/** A fault plan that cannot be used. Nothing of it has been applied. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
  readonly code = 'plan_invalid'
  /** One sentence each: path, what was given, what would be right. */
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`Fault plan does not fit: ${problems.join(' ')}`)
    this.problems = problems
  }
}
