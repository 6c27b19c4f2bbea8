import type { Call, Headers, Outcome, Reply } from '../http/exchange.ts'
import { type Fields, fieldsOf, jsonReply, textReply } from '../http/messages.ts'
import type { CallContext, Clock, EffectNote, Ids } from './context.ts'
import type { ErrorEntry } from './definition.ts'
import type { Random } from './random.ts'

/** What an instance lends to the context of every call. */
export interface ContextHost {
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly errors: Readonly<Record<string, ErrorEntry>>
  send(call: Call): Promise<Outcome>
  nested(call: Call, outer: OuterCall): Reply | Promise<Reply>
}

/** What a call within a call works on, and where its effects go. */
export interface OuterCall {
  readonly state: object
  readonly effects: EffectNote[]
}

/** The context of one call; its parts are computed when first asked for, since most handlers need few of them. */
export class CallContextOf<State extends object> implements CallContext<State, string> {
  readonly state: State
  readonly call: Call
  readonly operation: string
  readonly params: Readonly<Record<string, string>>
  readonly #host: ContextHost
  #queryFields: Fields | undefined
  #query: { readonly parsed: unknown } | undefined
  bodyFields: Readonly<Record<string, unknown>> = {}
  body: unknown
  input: unknown
  principal: unknown
  /** What the handler noted, in order. */
  readonly effects: EffectNote[] = []
  /** What the handler emitted, in order. */
  readonly emitted: { readonly topic: string; readonly payload: unknown }[] = []

  constructor(
    host: ContextHost,
    state: State,
    call: Call,
    operation: string,
    params: Readonly<Record<string, string>>,
  ) {
    this.#host = host
    this.state = state
    this.call = call
    this.operation = operation
    this.params = params
  }

  get headers(): Headers {
    return this.call.headers
  }
  get clock(): Clock {
    return this.#host.clock
  }
  get random(): Random {
    return this.#host.random
  }
  get ids(): Ids {
    return this.#host.ids
  }
  get queryFields(): Fields {
    this.#queryFields ??= fieldsOf(this.call.query)
    return this.#queryFields
  }

  /** As a schema gave it; the fields as they came until one has. */
  get query(): unknown {
    return this.#query ? this.#query.parsed : this.queryFields
  }
  set query(parsed: unknown) {
    this.#query = { parsed }
  }

  fail = (error: string, detail?: string): Reply => errorReply(error, this.#host.errors[error], detail)
  emit = (topic: string, payload: unknown): void => {
    this.emitted.push({ topic, payload })
  }
  effect = (note: EffectNote = {}): void => {
    this.effects.push(note)
  }
  send = (call: Call): Promise<Outcome> => this.#host.send(call)
  nested = (call: Call): Reply | Promise<Reply> => this.#host.nested(call, this)
}

/** An error of a provider's catalogue, in the provider's form. */
function errorReply(name: string, entry: ErrorEntry | undefined, detail: string | undefined): Reply {
  const { status, text, json, headers } = entry ?? { status: 500 }
  if (text !== undefined)
    return textReply(
      status,
      text.replaceAll('%s', () => detail ?? ''),
      headers,
    )
  if (json !== undefined) return jsonReply(status, json, headers)
  return jsonReply(status, detail === undefined ? { error: name } : { error: name, message: detail }, headers)
}
