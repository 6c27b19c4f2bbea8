/** Real time that a search may take. */
export interface Budget {
  /** True once it is used up. */
  spent(): boolean
  elapsedMs(): number
}

/** Starts now. */
export function startBudget(realMsMax: number): Budget {
  const startedAt = performance.now()
  const elapsedMs = (): number => performance.now() - startedAt
  return { elapsedMs, spent: () => elapsedMs() >= realMsMax }
}
