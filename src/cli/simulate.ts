import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createControl } from '../doors/server/control/control.ts'
import { ServerError } from '../doors/server/server-error.ts'
import { startServer } from '../doors/server/start-server.ts'
import type { SimulatorServer } from '../doors/server/types.ts'
import { toolkitVersion } from '../doors/toolkit-version.ts'
import { PlanError } from '../faults/plan-error.ts'
import { planProblems } from './plan-flag.ts'
import type { SimulateDocument } from './simulate-document.ts'
import type { SimulateSettings } from './simulate-flags.ts'
import { logOf } from './simulate-log.ts'
import { loadProviders, type ServedProvider } from './simulate-providers.ts'
import { welcome } from './simulate-welcome.ts'
import type { Streams } from './streams.ts'
import { wantsColor } from './terminal.ts'
import { UsageError } from './usage-error.ts'

/**
 * Serves simulators until the process is asked to stop.
 *
 * @param stopped  Settles when it is to stop; by default when the process gets SIGINT or SIGTERM.
 * @returns        The exit code: 0.
 * @throws UsageError  `provider_unknown` · `flags_invalid` · `plan_invalid` · `address_taken` · `address_invalid` · `place_unwritable`
 */
export async function simulate(
  settings: SimulateSettings,
  streams: Streams,
  stopped: Promise<void> = untilStopped(),
): Promise<number> {
  const providers = await loadProviders(settings.providers, settings.limits)
  const color = wantsColor({ flag: settings.color, env: streams.env, isTty: streams.isTty })
  // A pipe that nobody reads would fill up and hold the server: requests are told to people only.
  const log = streams.isTty && !settings.json && !settings.quiet ? logOf(streams.out, color) : undefined
  const version = toolkitVersion()
  const control = createControl({
    ...{ version, token: settings.token },
    opened: ({ id, world }) => log?.follow(world, id),
  })
  const server = await started(settings, providers, control.handle)
  try {
    const document = documentOf(server, settings, providers, version)
    if (settings.json) streams.out(`${JSON.stringify(document)}\n`)
    else streams.out(welcome(document, settings, color))
    log?.follow(server.world)
    await stopped
  } finally {
    control.close()
    await server.close()
  }
  return 0
}

/** Asked twice, it ends at once, as Node itself would have. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop).off('SIGTERM', stop)
      resolve()
    }
    process.on('SIGINT', stop).on('SIGTERM', stop)
  })
}

async function started(
  settings: SimulateSettings,
  providers: Readonly<Record<string, ServedProvider>>,
  control: NonNullable<Parameters<typeof startServer>[0]['control']>,
): Promise<SimulatorServer> {
  const { host, port, seed, plan, planSource, https, webhookHosts } = settings
  const simulators = Object.fromEntries(Object.entries(providers).map(([name, { simulator }]) => [name, simulator]))
  try {
    return await startServer({
      ...{ simulators, host, port, seed, control, tls: https, deliverTo: webhookHosts },
      ...(plan && { plan: plan.plan }),
    })
  } catch (error) {
    if (error instanceof PlanError) {
      throw new UsageError('plan_invalid', planProblems(planSource, error.problems), { cause: error })
    }
    if (error instanceof ServerError && error.code === 'address_taken') {
      const says = `Something else listens on port ${port} of ${host}. --port 0 takes a free one.`
      throw new UsageError('address_taken', says, { cause: error })
    }
    if (error instanceof ServerError) throw new UsageError('address_invalid', error.message, { cause: error })
    throw error
  }
}

function documentOf(
  server: SimulatorServer,
  settings: SimulateSettings,
  providers: Readonly<Record<string, ServedProvider>>,
  version: string,
): SimulateDocument {
  const { origin, host, port, main, certificate } = server
  const control = `${main.url}/__stuntdouble`
  const each = Object.entries(providers).map(([name, { simulator, credentials, firstCall }]) => {
    const url = main.urls[name] ?? ''
    return [name, { url, origins: simulator.origins, credentials, firstCall: `${url}${firstCall}` }] as const
  })
  return {
    ...{ format: 'stuntdouble-simulate/1', version, pid: process.pid, origin, control },
    ...{ openapi: `${control}/openapi.json`, host, port, seed: settings.seed, limits: settings.limits },
    certificate: certificate === undefined ? null : kept(certificate, port),
    providers: Object.fromEntries(each),
  }
}

/** Clients have to be told which certificate to trust, and most of them take a file. */
function kept(certificate: string, port: number): string {
  const directory = join(process.cwd(), '.stuntdouble')
  const path = join(directory, `certificate-${port}.pem`)
  try {
    mkdirSync(directory, { recursive: true })
    writeFileSync(path, certificate)
  } catch (error) {
    const why = (error as Error).message
    throw new UsageError('place_unwritable', `The certificate cannot be kept in ${path}: ${why}.`, { cause: error })
  }
  return path
}
