/** Why a server did not start, or did not do what it was asked. */
export type ServerErrorCode =
  | 'address_taken'
  | 'address_invalid'
  | 'options_invalid'
  | 'world_exists'
  | 'too_many_worlds'

/** A failure of a server of simulators. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  /**
   * `address_taken`: something else listens there · `address_invalid`: this machine cannot listen there ·
   * `options_invalid` · `world_exists`: a world of that id is open · `too_many_worlds`: the most are open already.
   */
  readonly code: ServerErrorCode

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
