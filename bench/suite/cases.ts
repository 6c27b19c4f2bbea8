/** What Trello does to a call before it behaves again. */
export type Trouble = 'busy' | 'unavailable' | 'cut off'

/** One test of the suite. Both sides run the same ones. */
export interface SuiteCase {
  readonly title: string
  /** Cards that are moved, one after the other. */
  readonly cards: number
  readonly trouble: Trouble | undefined
  /** Calls in a row that meet the trouble. */
  readonly troubles: number
  readonly outcome: 'moved' | 'failed'
}

/** The suite: retries with backoff, over fetch. */
export const cases: readonly SuiteCase[] = [
  { title: 'moves cards', cards: 10, trouble: undefined, troubles: 0, outcome: 'moved' },
  { title: 'waits while Trello is busy', cards: 10, trouble: 'busy', troubles: 3, outcome: 'moved' },
  { title: 'tries again when Trello is unavailable', cards: 8, trouble: 'unavailable', troubles: 2, outcome: 'moved' },
  { title: 'tries again when the connection is cut', cards: 6, trouble: 'cut off', troubles: 1, outcome: 'moved' },
  { title: 'gives up after five tries', cards: 1, trouble: 'unavailable', troubles: 5, outcome: 'failed' },
]

/** Exchanges of all cases together. */
export const exchangesPerSuite: number = cases.reduce(
  (sum, { cards, troubles, outcome }) => sum + troubles + (outcome === 'moved' ? cards : 0),
  0,
)
