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
  let turns: Turn[] = []
  let outstanding = 0
  let wake: (() => void) | undefined
  let era = 0
  const ask: Gate['ask'] = (start) => {
    const turn: Turn = { deliver: undefined }
    turns.push(turn)
    outstanding++
    const asked = era
    start((deliver) => {
      if (turn.deliver || asked !== era) return
      turn.deliver = deliver
      outstanding--
      if (outstanding === 0) wake?.()
    })
  }
  return {
    get busy() {
      return turns.length > 0
    },
    settled: () =>
      new Promise((resolve) => {
        wake = resolve
        if (outstanding === 0) resolve()
      }),
    release: () => {
      const ready = turns
      turns = []
      for (const turn of ready) turn.deliver?.()
    },
    clear: () => {
      turns = []
      outstanding = 0
      wake = undefined
      era++
    },
    ask,
  }
}
