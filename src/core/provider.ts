import type { Headers } from '../http/exchange.ts'
import type { IntegrationErrorCode } from './errors.ts'

/** A limit of a provider: so many calls in any interval. */
export interface RateWindow {
  /** As the provider's refusals and headers name it. */
  readonly name: string
  /** Calls, or what they cost together, in one interval. */
  readonly callsMax: number
  /** Length of an interval, wherever the provider lets it begin. */
  readonly intervalMs: number
  /** Whether a call counts against it. @defaultValue every call */
  concerns?(operation: string): boolean
}

/** A reply as a provider's rules look at it. */
export interface ReplyFacts {
  readonly status: number
  readonly headers: Headers
  /** As far as it could be read. */
  readonly text: string
}

/** What a reply means that is not what was asked for. */
export interface Verdict {
  readonly code: IntegrationErrorCode
  /** What the provider said, in one line, without secrets. @defaultValue the status and the beginning of the body */
  readonly why?: string
  /** How long to stay away when no `Retry-After` says so, in milliseconds. */
  readonly waitMs?: number
  /** The window that is full. @defaultValue all of them */
  readonly window?: string
  /** Whether asking again later, unchanged, can succeed. @defaultValue what holds of the code in general */
  readonly retriable?: boolean
}

/** What a provider tells of one of its windows. */
export interface WindowTold {
  readonly name: string
  /** Calls left in it. */
  readonly remaining: number
}

/** How one provider is spoken to: what its adapter declares once. */
export interface Provider<Credentials> {
  /** `trello`. */
  readonly name: string
  /** `https://api.trello.com`. */
  readonly origin: string
  /** Headers that carry the credentials: never the URL, which is logged everywhere. */
  authenticate(credentials: Credentials): Readonly<Record<string, string>>
  /** Windows as the provider documents them. */
  readonly windows: readonly RateWindow[]
  /** The provider's own meaning of a reply; `undefined` leaves it to the status. */
  classify?(reply: ReplyFacts): Verdict | undefined
  /** What the provider tells of its windows along with a reply. */
  windowsTold?(headers: Headers): readonly WindowTold[]
}
