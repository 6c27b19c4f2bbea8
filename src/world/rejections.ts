import { outerGlobal } from './outer-realm.ts'
import type { Replacements } from './replacements.ts'

const events = ['unhandledRejection', 'uncaughtException'] as const

/** Hears, instead of the runner, of errors that nobody handled. */
export function installRejections(replacements: Replacements, heard: (error: unknown) => void): void {
  // A sandbox's own `process` is told of nothing.
  const { process } = outerGlobal
  for (const event of events) {
    const others = process.listeners(event as 'uncaughtException')
    process.removeAllListeners(event)
    process.on(event, heard)
    replacements.onRestore(() => {
      process.off(event, heard)
      for (const other of others) process.on(event as 'uncaughtException', other)
    })
  }
}
