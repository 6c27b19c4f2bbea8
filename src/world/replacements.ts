/** Properties that were put in place of others, and how to put the others back. */
export interface Replacements {
  /** Puts `value` where `target[name]` was; gives what was there. A missing property is added. */
  replace<Target extends object, Name extends keyof Target>(target: Target, name: Name, value: Target[Name]): void
  /** Runs `undo` when all is put back, in its turn. */
  onRestore(undo: () => void): void
  /** Puts everything back, the latest first. A second call does nothing. */
  restore(): void
}

/** Starts with nothing replaced. */
export function createReplacements(): Replacements {
  let undos: (() => void)[] = []
  return {
    replace: (target, name, value) => {
      const before = Object.getOwnPropertyDescriptor(target, name)
      if (before?.configurable === false) {
        const original = target[name]
        target[name] = value
        undos.push(() => {
          target[name] = original
        })
        return
      }
      Object.defineProperty(target, name, {
        configurable: true,
        enumerable: before?.enumerable ?? true,
        writable: true,
        value,
      })
      undos.push(() => {
        if (before) Object.defineProperty(target, name, before)
        else delete target[name]
      })
    },
    onRestore: (undo) => {
      undos.push(undo)
    },
    restore: () => {
      const all = undos.reverse()
      undos = []
      for (const undo of all) undo()
    },
  }
}
