import { Command, InvalidArgumentError, Option } from 'commander'
import { isLoopback } from '../doors/server/control/guard.ts'
import { type PlanFlag, readPlan } from './plan-flag.ts'
import { type LimitsFlag, providerNames } from './simulate-providers.ts'
import { UsageError } from './usage-error.ts'

/** What `stuntdouble simulate` was asked, settled. */
export interface SimulateSettings {
  readonly providers: readonly string[]
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  readonly seed: number | string
  readonly plan: PlanFlag | undefined
  /** Where the plan came from, for what is said about it. */
  readonly planSource: string
  readonly limits: LimitsFlag
  readonly https: boolean
  /** Hosts beside this machine that webhooks may go to. */
  readonly webhookHosts: readonly string[]
  readonly token: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean | undefined
}

interface RawFlags {
  readonly host: string
  readonly port: number
  readonly seed?: number | string
  readonly plan?: string
  readonly limits: LimitsFlag
  readonly https?: boolean
  readonly allowWebhooks?: readonly string[]
  readonly token?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

const notes = `
Providers: ${providerNames.join(', ')}

Examples:
  $ stuntdouble simulate trello                       on http://127.0.0.1:4010/trello, limits as documented
  $ stuntdouble simulate trello --port 0 --json       on a free port, which the document on stdout tells
  $ stuntdouble simulate trello --limits off --plan faults.json

Under /__stuntdouble/ stands an API that sets faults, reads the journal, moves the clock, and opens a world of its own for
each test; /__stuntdouble/openapi.json describes it. It is for this machine only, unless there is a token: --token, or
STUNTDOUBLE_TOKEN, which no list of processes shows.

Exit codes:
  0  it was asked to stop (SIGINT, SIGTERM) and did; asked twice, it stops at once with 130 or 143
  2  it could not start; the message says why
`

/** Defines `simulate`. `act` receives the settled flags. */
export function simulateCommand(act: (settings: SimulateSettings) => Promise<void>): Command {
  return new Command('simulate')
    .summary('serve simulators over HTTP, to clients in any language')
    .description(
      'Serves doubles of providers over HTTP until it is stopped, with data to begin with and credentials that work.',
    )
    .argument('<provider...>', 'providers to simulate')
    .addOption(new Option('--port <n>', 'where to listen; 0 takes a free one').default(4010).argParser(portNumber))
    .addOption(
      new Option('--host <host>', 'address to listen on; any other than this machine needs a token').default(
        '127.0.0.1',
      ),
    )
    .addOption(new Option('--seed <seed>', 'number or text that ids and chance come from (default: 1)').argParser(seed))
    .addOption(new Option('--plan <file|json>', 'faults that will strike'))
    .addOption(
      new Option('--limits <which>', "the providers' own rate limits, or none")
        .choices(['documented', 'off'])
        .default('documented'),
    )
    .addOption(new Option('--https', 'serve HTTPS, with a certificate made at start'))
    .addOption(
      new Option('--allow-webhooks <host>', 'host that webhooks may go to beside this machine; repeatable').argParser(
        webhookHost,
      ),
    )
    .addOption(
      new Option('--token <token>', 'what the control API asks for').env('STUNTDOUBLE_TOKEN').argParser(bearer),
    )
    .addOption(new Option('--json', 'print one line of JSON once it is ready, and nothing else'))
    .addOption(new Option('--quiet', 'log no requests; they are logged only to a terminal'))
    .addOption(new Option('--color', 'colours, whether or not anybody watches'))
    .addOption(new Option('--no-color', 'no colours; NO_COLOR and FORCE_COLOR are heeded too'))
    .addHelpText('after', notes)
    .action((providers: string[], flags: RawFlags) => act(settle(providers, flags)))
}

function settle(providers: readonly string[], flags: RawFlags): SimulateSettings {
  const { host, port, limits, token } = flags
  if (token === undefined && !isLoopback(host)) {
    throw new UsageError(
      'flags_invalid',
      `--host ${host} lets other machines in, so the control API needs --token <token> or STUNTDOUBLE_TOKEN.`,
    )
  }
  const plan = flags.plan === undefined ? undefined : readPlan(flags.plan)
  return {
    ...{ providers, host, port, limits, token, plan },
    planSource: flags.plan?.trimStart().startsWith('{') ? 'The plan of --plan' : (flags.plan ?? ''),
    seed: flags.seed ?? plan?.seed ?? 1,
    https: flags.https ?? false,
    webhookHosts: flags.allowWebhooks ?? [],
    json: flags.json ?? false,
    quiet: flags.quiet ?? false,
    color: flags.color,
  }
}

function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('Give a whole number from 0 to 65535.')
}

/** Digits are a number, as they are in a plan and in the control API. */
function seed(text: string): number | string {
  if (text === '') throw new InvalidArgumentError('Give a number or a text.')
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text
}

function webhookHost(text: string, before: readonly string[] = []): readonly string[] {
  if (/^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(text)) return [...before, text]
  throw new InvalidArgumentError('Give a host, with a port or without: app.internal, app.internal:8080.')
}

/** What `Authorization: Bearer` can carry (RFC 6750). */
function bearer(text: string): string {
  if (/^[\w.~+/-]+=*$/.test(text)) return text
  throw new InvalidArgumentError('Give letters, digits and any of - . _ ~ + /.')
}
