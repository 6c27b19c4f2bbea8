import type { Receiver } from '../doors/network-parts.ts'
import { type FaultPlan, parsePlan } from '../faults/plan.ts'
import type { Bounds } from './driver.ts'
import type { Simulators, WorldOptions } from './types.ts'
import { WorldError } from './world-error.ts'

/** A world's options, complete and checked. */
export interface SettledWorld {
  readonly simulators: Simulators
  readonly seed: number | string
  /** Milliseconds since 1970. */
  readonly startAt: number
  readonly latency: { readonly minMs: number; readonly maxMs: number }
  readonly plan: FaultPlan
  readonly receivers: Readonly<Record<string, Receiver>>
  readonly bounds: Bounds
  readonly logs: 'pass' | 'keep'
  readonly sockets: readonly string[]
}

/** Names that a world's own members have; a simulator cannot stand under one of them. */
const reserved: ReadonlySet<string> = new Set([
  ...['seed', 'journal', 'intents', 'reproducibility', 'now', 'elapsedMs', 'fingerprint', 'run', 'settle', 'intent'],
  ...['inject', 'clearFaults', 'unusedFaults', 'onEvent', 'unhandled', 'escapes', 'leaks', 'secrets'],
  ...['random', 'gate', 'network', 'door', 'socketDoor', 'socketOpens', 'nameIsAsked', 'cannotRepeat', 'logged'],
  'constructor',
])

/** Fills in what a user left open, and refuses what cannot be. */
export function settleWorld(options: WorldOptions): SettledWorld {
  const {
    simulators,
    latency = { minMs: 5, maxMs: 40 },
    receivers = {},
    startAt = '2026-01-05T09:00:00.000Z',
  } = options
  for (const name of Object.keys(simulators)) {
    if (reserved.has(name)) {
      throw invalid(`simulators.${name}`, `"${name}"`, `another name: the world has a member "${name}" of its own`)
    }
  }
  const served = new Map<string, string>()
  for (const [name, { origins }] of Object.entries(simulators)) {
    for (const origin of origins) {
      const other = served.get(origin)
      if (other !== undefined) {
        throw invalid(`simulators.${name}`, origin, `at an origin of its own: "${other}" answers there already`)
      }
      served.set(origin, name)
    }
  }
  const startAtMs = typeof startAt === 'number' ? startAt : Date.parse(startAt)
  if (!Number.isFinite(startAtMs))
    throw invalid('startAt', JSON.stringify(startAt), 'milliseconds since 1970, or ISO 8601')
  if (!(latency.minMs >= 0 && latency.maxMs >= latency.minMs)) {
    throw invalid('latency', JSON.stringify(latency), '{ minMs, maxMs } with 0 ≤ minMs ≤ maxMs')
  }
  for (const origin of Object.keys(receivers)) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw invalid('receivers', JSON.stringify(origin), 'origins: scheme and host, as in "https://app.example"')
    }
  }
  return {
    simulators,
    seed: options.seed ?? 1,
    startAt: Math.floor(startAtMs),
    latency,
    plan: parsePlan(options.plan ?? { faults: [] }, simulators),
    receivers,
    bounds: {
      virtualMsMax: options.bounds?.virtualMsMax ?? 30 * 86_400_000,
      eventsMax: options.bounds?.eventsMax ?? 200_000,
      realMsMax: options.bounds?.realMsMax ?? 4_000,
    },
    logs: options.logs ?? 'pass',
    sockets: options.sockets ?? [],
  }
}

function invalid(field: string, given: string, right: string): WorldError {
  return new WorldError('options_invalid', `World option ${field}: got ${given}; must be ${right}.`)
}
