/** What decides on colour. */
export interface ColorFacts {
  /** `--color` or `--no-color`. */
  readonly flag: boolean | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTty: boolean
}

/** Decides on colour: the flag, then `FORCE_COLOR`, then `NO_COLOR`, then whether somebody watches. */
export function wantsColor({ flag, env, isTty }: ColorFacts): boolean {
  if (flag !== undefined) return flag
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = env
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  if (no !== undefined && no !== '') return false
  return isTty && terminal !== 'dumb'
}

/** Columns of a terminal, or enough for a log file. */
export function columnsOf(stream: { readonly columns?: number | undefined }): number {
  return stream.columns && stream.columns > 0 ? stream.columns : 120
}

/** Where lines go that are replaced while a search runs. */
export interface LiveLines {
  /** Says how one thing goes. `line` is asked for only when it is to be shown. */
  show(key: string, line: () => string): void
  /** Forgets one thing. */
  drop(key: string): void
  /** Takes the lines away, so that something can be printed where they stand. The next `show` brings them back. */
  clear(): void
}

/** What live lines need. */
export interface LiveOptions {
  readonly write: (text: string) => void
  readonly isTty: boolean
  /** Real milliseconds. */
  readonly now: () => number
  /** Least milliseconds between two lines of one thing: what a person can read. */
  readonly intervalMs: number
}

/** Makes live lines: replaced in place on a terminal, now and then a new line in a log. */
export function liveLines({ write, isTty, now, intervalMs }: LiveOptions): LiveLines {
  const lines = new Map<string, string>()
  const toldAt = new Map<string, number>()
  let standing = 0
  const clear = (): void => {
    if (standing > 0) write(`\u001b[${standing}A\u001b[0J`)
    standing = 0
  }
  return {
    show: (key, line) => {
      const last = toldAt.get(key)
      // In a log, a search that is over soon needs no line of its own.
      const due = last === undefined ? isTty : now() - last >= intervalMs
      if (due || last === undefined) toldAt.set(key, now())
      if (!due) return
      if (!isTty) {
        write(`${line()}\n`)
        return
      }
      lines.set(key, line())
      clear()
      write([...lines.values(), ''].join('\n'))
      standing = lines.size
    },
    drop: (key) => {
      lines.delete(key)
      toldAt.delete(key)
    },
    clear,
  }
}
