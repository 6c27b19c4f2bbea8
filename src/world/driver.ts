import { quiet } from '../doors/network-parts.ts'
import { place } from './context.ts'
import type { Gate } from './gate.ts'
import type { VirtualTime } from './virtual-time.ts'
import type { Watch } from './watch.ts'
import { type Watchdog, watchdog } from './watchdog.ts'
import { WorldError } from './world-error.ts'

// Kept from before any takeover: the driver alone lives in real time.
const realImmediate = setImmediate
const realClear = clearTimeout
const realNow = performance.now.bind(performance)
const setReal = setTimeout

/** A timer that is no world's: one that code of a world sets goes by virtual time, whichever function sets it. */
function realTimeout(task: () => void, ms: number): NodeJS.Timeout {
  return place.exit(() => setReal(task, ms))
}

/** Where a run is ended that does not end by itself. */
export interface Bounds {
  readonly virtualMsMax: number
  readonly eventsMax: number
  readonly realMsMax: number
}

/** What the driver drives. */
export interface DriverParts {
  readonly time: VirtualTime
  readonly gate: Gate
  readonly watch: Watch
  readonly bounds: Bounds
  /** True once the run has come to its end. */
  readonly isOver: () => boolean
  /** Called after every event, when all that it set off has come to rest. */
  readonly onEvent: () => void
  /** Called when only time can go on; true when that alone changed something. */
  readonly onRest: () => boolean
  /** Called with what a timer's callback threw. */
  readonly onError: (error: unknown) => void
  /** Who waits for what, in words. */
  readonly waiting: () => string
}

/** Turns without anything to do after which it is certain that nothing will come. */
const idleTurnsMax = 4

/** Real milliseconds between two looks at work that no gate holds. */
const graceMs = 5

/** Looks after which such work is believed to be over: a process ends before its output does. */
const gracesMax = 4

/** Real milliseconds after its bound at which a run that shows no life is ended by force. */
const silenceMsMax = 500

/** Real milliseconds after its bound at which a run is given up whose driver itself was ended with the subject. */
const fenceMs = 3_000

/**
 * Drives virtual time until the run is over: lets everything that is ready happen, then jumps to the next timer.
 *
 * @throws WorldError  `deadlocked` · `endless`
 */
export function drive(parts: DriverParts): Promise<void> {
  const { realMsMax } = parts.bounds
  const dog = watchdog()
  // A driver that is alive ends the run by itself.
  dog.watch(realMsMax + silenceMsMax)
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(neverYields('what an event set off at once', parts))
    const fence = realTimeout(giveUp, realMsMax + fenceMs)
    loop(parts, dog)
      .finally(() => {
        realClear(fence)
        dog.rest()
      })
      .then(resolve, reject)
  })
}

/**
 * Runs the subject's own code apart from whoever calls this: were it ended by force, the caller must not be. What runs
 * as a microtask is what the watchdog can end.
 */
export function apart(task: () => void): void {
  turn().then(task)
}

async function loop(parts: DriverParts, dog: Watchdog): Promise<void> {
  const { time, gate, watch, bounds } = parts
  const virtualEnd = time.now() + bounds.virtualMsMax
  const realEnd = realNow() + bounds.realMsMax
  let events = 0
  let idle = 0
  let graces = 0
  const refuseLateness = (): void => {
    if (realNow() > realEnd) throw endless(`${bounds.realMsMax} ms of real time`, parts)
  }
  const count = (): void => {
    events++
    if (events > bounds.eventsMax) throw endless(`${bounds.eventsMax} events`, parts)
    if (events % 16 === 0) refuseLateness()
  }
  const next = (): ReturnType<VirtualTime['next']> => {
    const nextAt = time.nextAt()
    if (nextAt !== undefined && nextAt > virtualEnd) throw endless(`${bounds.virtualMsMax} ms of virtual time`, parts)
    return fireNext(parts)
  }
  for (;;) {
    await turn()
    const where = dog.beat()
    if (where !== undefined) throw neverYields(where, parts)
    if (events > 0) parts.onEvent()
    if (parts.isOver()) return
    if (time.immediates() > 0) {
      count()
      continue
    }
    if (gate.busy) {
      if (!(await settledWithin(gate, realEnd - realNow()))) throw endless(`${bounds.realMsMax} ms of real time`, parts)
      gate.release()
      continue
    }
    if (watch.takeSeen() > 0) graces = Math.max(graces, 1)
    if (watch.awaits()) graces = gracesMax
    if (graces > 0) {
      graces--
      await realWait(graceMs)
      refuseLateness()
      continue
    }
    if (parts.onRest()) continue
    let fired = next()
    // What has set off nothing needs no turn for it.
    for (; fired === quiet; fired = next()) {
      count()
      parts.onEvent()
    }
    if (fired === 'nothing') {
      if (++idle > idleTurnsMax) throw deadlocked(parts)
      // What a socket brings comes when it comes.
      if (watch.listens()) {
        idle = 0
        await realWait(graceMs)
        refuseLateness()
      }
      continue
    }
    idle = 0
    count()
  }
}

/** One turn of Node's event loop: every tick and microtask that is ready has run. */
export function turn(): Promise<void> {
  return new Promise(resolveNextTurn)
}

// One function for all turns: there are two in every exchange.
const resolveNextTurn = (resolve: () => void): void => {
  realImmediate(resolve)
}

/** False when what is outstanding has not come back in time: a read of a pipe may never. */
function settledWithin(gate: Gate, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const patience = realTimeout(() => resolve(false), ms)
    gate.settled().then(() => {
      realClear(patience)
      resolve(true)
    })
  })
}

function realWait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    realTimeout(resolve, ms)
  })
}

function fireNext({ time, onError }: DriverParts): ReturnType<VirtualTime['next']> {
  try {
    return time.next()
  } catch (error) {
    onError(error)
    return 'event'
  }
}

function deadlocked({ waiting }: DriverParts): WorldError {
  return new WorldError(
    'deadlocked',
    `The world is deadlocked: no timer, call or delivery is left, and the subject still waits. ${waiting()}`,
  )
}

function neverYields(where: string, parts: DriverParts): WorldError {
  return endless(`${parts.bounds.realMsMax} ms of real time: code never gave the event loop back: ${where}`, parts)
}

function endless(bound: string, { waiting }: DriverParts): WorldError {
  return new WorldError(
    'endless',
    `The world did not end within ${bound}. ${waiting()} Raise the bound in \`bounds\`, or end the loop.`,
  )
}
