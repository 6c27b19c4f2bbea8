/** Why a world did not run, or did not run to its end. */
export type WorldErrorCode =
  | 'deadlocked'
  | 'endless'
  | 'escaped'
  | 'unhandled'
  | 'world_active'
  | 'timers_taken'
  | 'simulator_failed'
  | 'not_running'
  | 'fault_unused'
  | 'options_invalid'

/** A failure of a world: its end was not the subject's own. */
export class WorldError extends Error {
  override readonly name = 'WorldError'
  /**
   * `deadlocked`: nothing can ever happen again while the subject waits · `endless`: a bound was passed · `escaped`:
   * an origin was called that nobody serves · `unhandled`: an error that the subject left unhandled ·
   * `world_active`: another world runs in this thread · `timers_taken`: someone else has taken over the timers ·
   * `simulator_failed`: a simulator threw · `not_running`: called outside of a run ·
   * `fault_unused`: a fault that was to strike never did · `options_invalid`.
   */
  readonly code: WorldErrorCode

  constructor(code: WorldErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
