/** Where a command runs and where it writes. */
export interface Streams {
  /** Writes to stdout. */
  readonly out: (text: string) => void
  /** Writes to stderr. */
  readonly err: (text: string) => void
  /** Whether stdout is a terminal. */
  readonly isTty: boolean
  /** Whether stderr is a terminal: there, progress is one line that changes. */
  readonly errIsTty: boolean
  /** Columns of the terminal just now, if there is one. */
  readonly columns: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/** The streams of this process. */
export function processStreams(): Streams {
  // A reader that has seen enough, such as `head`, closes its end. What is left to say is then for nobody.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isTty: process.stdout.isTTY === true,
    errIsTty: process.stderr.isTTY === true,
    get columns() {
      return process.stdout.columns ?? process.stderr.columns
    },
    env: process.env,
    cwd: process.cwd(),
  }
}
