import type { Random } from '../simulator/random.ts'
import { strikesCalls } from './catalogue.ts'
import type { CallFault, DeliveryFault, Fault } from './fault.ts'
import type { CallTarget, DeliveryTarget, FaultPlan, Injection, PlannedFault } from './plan.ts'

/** A call or delivery that faults may strike. */
export interface Target {
  readonly provider: string
  /** Operation of a call, or topic of a delivery. */
  readonly name: string | undefined
  readonly nth: number
  /** Virtual milliseconds since the start. */
  readonly atMs: number
  /** True for a call by plain HTTP, where there is no certificate to expire. */
  readonly isPlain?: boolean
}

/** Decides which faults strike what, and remembers which have. */
export interface Striker {
  /** Faults that strike a call, in the order of the plan. */
  strikeCall(target: Target): readonly CallFault[]
  /** Faults that strike a delivery, in the order of the plan. */
  strikeDelivery(target: Target): readonly DeliveryFault[]
  add(fault: PlannedFault): Injection
  clear(): void
  /** Every fault that was ever set. */
  injections(): readonly Injection[]
}

interface Armed {
  readonly fault: CallFault | DeliveryFault
  readonly on: CallTarget & DeliveryTarget
  readonly onCalls: boolean
  readonly words: string
  strikes: number
}

const noFaults: readonly never[] = Object.freeze([])

/** Makes a striker from a plan; `random` decides where a fault has only a probability. */
export function createStriker(plan: FaultPlan, random: Random): Striker {
  let armed: Armed[] = []
  const all: Injection[] = []

  const add = ({ on, ...fault }: PlannedFault): Injection => {
    const entry: Armed = {
      fault: fault as Fault,
      on,
      onCalls: strikesCalls(fault as Fault),
      words: targetInWords(on),
      strikes: 0,
    }
    armed.push(entry)
    const injection: Injection = {
      fault: entry.fault,
      on: entry.words,
      get strikes() {
        return entry.strikes
      },
      remove: () => {
        armed = armed.filter((other) => other !== entry)
      },
    }
    all.push(injection)
    return injection
  }
  for (const fault of plan.faults) add(fault)

  const strike = (target: Target, onCalls: boolean): readonly Fault[] => {
    if (armed.length === 0) return noFaults
    const struck: Fault[] = []
    for (const entry of armed) {
      if (entry.onCalls !== onCalls || !matches(entry, target)) continue
      if (entry.on.probability !== undefined && random.next() >= entry.on.probability) continue
      entry.strikes++
      struck.push(entry.fault)
    }
    return struck
  }
  return {
    strikeCall: (target) => strike(target, true) as readonly CallFault[],
    strikeDelivery: (target) => strike(target, false) as readonly DeliveryFault[],
    add,
    clear: () => {
      armed = []
    },
    injections: () => all,
  }
}

function matches({ fault, on, strikes }: Armed, { provider, name, nth, atMs, isPlain }: Target): boolean {
  const wanted = on.operation ?? on.topic
  return (
    on.provider === provider &&
    !(isPlain && fault.fault === 'certificate-expired') &&
    (wanted === undefined || wanted === name) &&
    (on.nth === undefined || on.nth === nth) &&
    (on.times === undefined || strikes < on.times) &&
    (on.fromMs === undefined || atMs >= on.fromMs) &&
    (on.untilMs === undefined || atMs < on.untilMs)
  )
}

/** A target as a person says it: `call 2 of cards.update of trello`. */
export function targetInWords(on: CallTarget & DeliveryTarget): string {
  const what = on.topic === undefined ? 'call' : 'delivery'
  const which = on.nth === undefined ? `any ${what}` : `${what} ${on.nth}`
  const name = on.operation ?? on.topic
  const window = [
    on.fromMs === undefined ? '' : ` from ${on.fromMs} ms`,
    on.untilMs === undefined ? '' : ` until ${on.untilMs} ms`,
    on.times === undefined ? '' : `, ${on.times} at most`,
    on.probability === undefined ? '' : `, with probability ${on.probability}`,
  ].join('')
  return `${which}${name === undefined ? '' : ` of ${name}`} of ${on.provider}${window}`
}
