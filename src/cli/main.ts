import { Command, CommanderError } from 'commander'
import { toolkitVersion } from '../doors/toolkit-version.ts'
import { painter } from '../report/words.ts'
import { processStreams, type Streams } from './streams.ts'
import { wantsColor } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/** Each command is loaded when it is asked for, and what it needs when it is carried out: none waits for another. */
const commands: Readonly<Record<string, (streams: Streams, ended: (exitCode: number) => void) => Promise<Command>>> = {
  run: async (streams, ended) => {
    const { runCommand } = await import('./run-flags.ts')
    return runCommand(async (settings) => {
      const { run } = await import('./run.ts')
      ended(await run(settings, streams))
    })
  },
  simulate: async (streams, ended) => {
    const { simulateCommand } = await import('./simulate-flags.ts')
    return simulateCommand(async (settings) => {
      const { simulate } = await import('./simulate.ts')
      ended(await simulate(settings, streams))
    })
  },
}

/**
 * The `stuntdouble` command.
 *
 * @param argv  What follows the command's name.
 * @returns     The exit code: 0 all held, 1 a claim does not hold, 2 it could not be carried out.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const streams = processStreams()
  let exitCode = 0
  const program = new Command('stuntdouble')
    .description('Stunt doubles for the APIs you depend on: they take the falls, so that production does not.')
    .version(toolkitVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print what there is to say about a command')
    .configureOutput({ outputError: (text, write) => write(withHint(text, argv[0])) })
    .exitOverride()
  for (const load of commandsFor(argv[0])) {
    const command = await load(streams, (code) => {
      exitCode = code
    })
    program.addCommand(command.copyInheritedSettings(program))
  }
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error, streams, argv)
  }
}

/** Help and complaints name every command; whoever named one needs no other. */
function commandsFor(first: string | undefined): readonly (typeof commands)[string][] {
  if (first === '--version' || first === '-V') return []
  const named = first !== undefined && Object.hasOwn(commands, first) ? commands[first] : undefined
  return named ? [named] : Object.values(commands)
}

function exitCodeOf(error: unknown, streams: Streams, argv: readonly string[]): number {
  // Commander has printed what there was to print.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (!(error instanceof UsageError)) {
    // Left to Node, a defect of ours would exit with 1 and read as a claim that does not hold.
    streams.err(`${error instanceof Error ? error.stack : String(error)}\n`)
    return 2
  }
  const flag = argv.includes('--no-color') ? false : argv.includes('--color') ? true : undefined
  const paint = painter(wantsColor({ flag, env: streams.env, isTty: streams.errIsTty }))
  streams.err(`${paint('bad', 'error:')} ${error.message}\n`)
  return 2
}

function withHint(text: string, first: string | undefined): string {
  if (!text.startsWith('error:')) return text
  const isNamed = first !== undefined && Object.hasOwn(commands, first)
  const hint = isNamed ? `"stuntdouble ${first} --help" lists the flags.` : '"stuntdouble --help" lists the commands.'
  return `${text.trimEnd()}\n${hint}\n`
}
