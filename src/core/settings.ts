import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { timerMsMax } from './deadline.ts'
import type { RateWindow } from './provider.ts'

/** How a client treats its provider. Durations are milliseconds; all of it has a default. */
export interface ClientSettings {
  /** Longest wait for a connection. @defaultValue 5_000 */
  readonly connectMsMax?: number
  /** Longest time for one call, from its start to the last byte of the reply. @defaultValue 10_000 */
  readonly attemptMsMax?: number
  /** Longest time for everything: waiting, calls, retries. @defaultValue 60_000 */
  readonly totalMsMax?: number
  /** Calls in total, the first one included. @defaultValue 4 */
  readonly callsMax?: number
  /** Longest wait between two calls, `Retry-After` included; whoever asks for more gets no further call. @defaultValue 30_000 */
  readonly waitMsMax?: number
  /** What the first wait between two calls is drawn from: 0 up to this, doubled with each call. @defaultValue 500 */
  readonly waitMsFirst?: number
  /** Longest time for which a provider's refusal holds up all calls. @defaultValue 900_000 */
  readonly pauseMsMax?: number
  /** Calls under way at a time. @defaultValue 10 */
  readonly inFlightMax?: number
  /** Calls that may wait for their turn; one more is refused as `overloaded`. @defaultValue 1_000 */
  readonly queueMax?: number
  /** Longest reply that is read, in bytes. @defaultValue 10_485_760 */
  readonly replyBytesMax?: number
  /** What the provider allows, kept before it has to refuse. @defaultValue the provider's documented windows */
  readonly windows?: readonly RateWindow[]
}

/** A client's settings, complete. */
export type SettledSettings = Required<Omit<ClientSettings, 'windows'>>

/** Every default of a client, in one place. */
export const clientDefaults: SettledSettings = {
  connectMsMax: 5_000,
  attemptMsMax: 10_000,
  totalMsMax: 60_000,
  callsMax: 4,
  waitMsMax: 30_000,
  waitMsFirst: 500,
  pauseMsMax: 900_000,
  inFlightMax: 10,
  queueMax: 1_000,
  replyBytesMax: 10_485_760,
}

/**
 * Fills in what a caller left open.
 *
 * @throws AssertionError  for a setting that there is not, and for a value that cannot work
 */
export function settleSettings({ windows: _, ...given }: ClientSettings): SettledSettings {
  const said = Object.entries(given).filter(([, value]) => value !== undefined)
  const settled: SettledSettings = { ...clientDefaults, ...Object.fromEntries(said) }
  for (const [name, value] of Object.entries(settled)) {
    assert(name in clientDefaults, `Client settings: there is no "${name}"; there are ${known.join(', ')}.`)
    assertWhole(name, value, leastOf[name] ?? 1, name.includes('Ms') ? timerMsMax : Number.MAX_SAFE_INTEGER)
  }
  return settled
}

/**
 * Checks the windows that a client is to keep.
 *
 * @throws AssertionError  for a window without a name of its own, or with numbers that cannot work
 */
export function settleWindows(windows: readonly RateWindow[]): readonly RateWindow[] {
  const names = new Set<string>()
  for (const { name, callsMax, intervalMs } of windows) {
    const told = inspect(name)
    assert(typeof name === 'string' && name !== '', `windows: each needs a name that is not empty; got ${told}.`)
    assert(!names.has(name), `windows: each needs a name of its own; got ${told} twice.`)
    names.add(name)
    assertWhole(`callsMax of window ${told}`, callsMax, 1, Number.MAX_SAFE_INTEGER)
    assertWhole(`intervalMs of window ${told}`, intervalMs, 1, timerMsMax)
  }
  return windows
}

const known = Object.keys(clientDefaults)
const leastOf: Readonly<Record<string, number>> = { queueMax: 0, waitMsFirst: 0 }

function assertWhole(name: string, value: unknown, least: number, most: number): void {
  const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most
  assert(fits, `${name} must be a whole number from ${least} to ${most}; got ${inspect(value)}.`)
}
