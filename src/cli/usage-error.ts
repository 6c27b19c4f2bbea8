/** Why the command could not do what it was asked. */
export type UsageErrorCode =
  | 'flags_invalid'
  | 'plan_invalid'
  | 'given_invalid'
  | 'place_missing'
  | 'scenario_missing'
  | 'scenario_unknown'
  | 'scenario_ambiguous'
  | 'vitest_missing'
  | 'vitest_failed'
  | 'provider_unknown'
  | 'address_taken'
  | 'address_invalid'
  | 'place_unwritable'

/** A command that cannot be carried out as it was given. It exits with 2; its message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /**
   * `flags_invalid`: a flag, or the value of one · `plan_invalid`, `given_invalid`: what `--plan` or `--given` holds ·
   * `place_missing`: a directory that is not there · `scenario_missing`: no scenario file at all · `scenario_unknown`:
   * a name that selects none · `scenario_ambiguous`: one was needed, several selected · `vitest_missing`: not
   * installed, or too old · `vitest_failed`: it did not start · `provider_unknown`: no simulator of
   * that name · `address_taken`: somebody listens there · `address_invalid`: nobody can · `place_unwritable`: a file
   * that cannot be written.
   */
  readonly code: UsageErrorCode

  constructor(code: UsageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
