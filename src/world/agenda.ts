import type { ScheduledTask } from '../doors/network-parts.ts'

/** What is to happen at a virtual moment. */
export class Appointment {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly order: number
  /** `undefined` once it has been called off. */
  task: ScheduledTask | undefined

  constructor(at: number, order: number, task: ScheduledTask) {
    this.at = at
    this.order = order
    this.task = task
  }

  cancel(): void {
    this.task = undefined
  }
}

/**
 * What the network has on its way, the earliest first; what is due at the same moment, in the order in which it was
 * added. A binary heap: each call of a subject passes through it twice, which fake-timers' own queue makes several
 * times as dear.
 */
export class Agenda {
  readonly #heap: Appointment[] = []
  #added = 0

  add(at: number, task: ScheduledTask): Appointment {
    const appointment = new Appointment(at, this.#added++, task)
    this.#heap.push(appointment)
    this.#rise(this.#heap.length - 1)
    return appointment
  }

  /** The next one that has not been called off. */
  peek(): Appointment | undefined {
    let first = this.#heap[0]
    while (first && first.task === undefined) {
      this.#dropFirst()
      first = this.#heap[0]
    }
    return first
  }

  /** Takes the next one out. */
  take(): Appointment | undefined {
    const first = this.peek()
    if (first) this.#dropFirst()
    return first
  }

  #dropFirst(): void {
    const last = this.#heap.pop()
    if (!last || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink()
  }

  #rise(from: number): void {
    const heap = this.#heap
    const rising = heap[from] as Appointment
    let at = from
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above] as Appointment
      if (!isBefore(rising, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = rising
  }

  #sink(): void {
    const heap = this.#heap
    const sinking = heap[0] as Appointment
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      const right = heap[below + 1]
      if (right && isBefore(right, heap[below] as Appointment)) below++
      const child = heap[below] as Appointment
      if (!isBefore(child, sinking)) break
      heap[at] = child
      at = below
    }
    heap[at] = sinking
  }
}

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
