import { Command, CommanderError } from 'commander'
import { painter } from '../report/words.ts'
import { run } from './run.ts'
import { runCommand } from './run-flags.ts'
import { processStreams, type Streams } from './streams.ts'
import { wantsColor } from './terminal.ts'
import { UsageError } from './usage-error.ts'
import { toolkitVersion } from './version.ts'

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
    .configureOutput({ outputError: (text, write) => write(withHint(text)) })
    .exitOverride()
  const running = runCommand(async (settings) => {
    exitCode = await run(settings, streams)
  }).copyInheritedSettings(program)
  program.addCommand(running)
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error, streams, argv)
  }
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

function withHint(text: string): string {
  return text.startsWith('error:') ? `${text.trimEnd()}\n"stuntdouble run --help" lists the flags.\n` : text
}
