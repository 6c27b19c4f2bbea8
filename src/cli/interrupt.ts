import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM'] as const

/**
 * Ends the process at once when somebody asks it to, with the exit code that shells give to a signal: 130 for Ctrl-C.
 *
 * @param farewell  Runs before the end, and must not wait for anything.
 * @returns         How to stop listening.
 */
export function onInterrupt(farewell: () => void): () => void {
  const listeners = signals.map((signal) => {
    const end = (): void => {
      farewell()
      process.exit(128 + constants.signals[signal])
    }
    process.on(signal, end)
    return () => process.off(signal, end)
  })
  return () => {
    for (const stop of listeners) stop()
  }
}
