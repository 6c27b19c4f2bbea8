/**
 * Where results of work that leaves the thread wait. The work starts at once; its results are handed over in the order
 * in which they were asked for, once all that is outstanding has come back: the order of asking is the seed's, the
 * order of finishing is the thread pool's.
 */
export interface Gate {
  /** True while results are outstanding or wait to be handed over. */
  readonly busy: boolean
  /** Resolves, in real time, when nothing is outstanding. */
  settled(): Promise<void>
  /** Hands over everything that waits. */
  release(): void
  /** Forgets everything that is outstanding or waits: nobody is there any more to be handed it. */
  clear(): void
  /** Starts work, and hands over what it comes to in its turn. `start` gets what to call when it is done. */
  ask(start: (done: (deliver: () => void) => void) => void): void
}

interface Turn {
  deliver: (() => void) | undefined
}

/** Makes a gate, open for one world. */
export function createGate(): Gate {
  return new OrderedGate()
}

class OrderedGate implements Gate {
  #turns: Turn[] = []
  #outstanding = 0
  #wake: (() => void) | undefined
  #era = 0

  get busy(): boolean {
    return this.#turns.length > 0
  }

  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      if (this.#outstanding === 0) resolve()
    })
  }

  release(): void {
    const ready = this.#turns
    this.#turns = []
    for (const turn of ready) turn.deliver?.()
  }

  clear(): void {
    this.#turns = []
    this.#outstanding = 0
    this.#wake = undefined
    this.#era++
  }

  ask(start: (done: (deliver: () => void) => void) => void): void {
    const turn: Turn = { deliver: undefined }
    this.#turns.push(turn)
    this.#outstanding++
    const asked = this.#era
    start((deliver) => {
      if (turn.deliver || asked !== this.#era) return
      turn.deliver = deliver
      this.#outstanding--
      if (this.#outstanding === 0) this.#wake?.()
    })
  }
}
