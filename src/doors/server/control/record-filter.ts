import { didYouMean } from '../../../simulator/did-you-mean.ts'
import type { JournalRecord } from '../../../simulator/journal.ts'
import type { LiveWorld } from '../../live-types.ts'
import type { JournalQuery } from './journal-schemas.ts'
import { misfitProblem } from './problem.ts'

/**
 * Makes a filter of a query.
 *
 * @throws ControlProblem  `query_invalid`, for a provider or operation that there is not: it would match nothing for ever
 */
export function filterOf(query: JournalQuery, world: LiveWorld): (record: JournalRecord) => boolean {
  const problems = unknownNames(query, world)
  if (problems.length > 0) throw misfitProblem('query_invalid', 'query', problems)
  const { provider, operation, topic, kind, status, outcome, since = 0 } = query
  const hasStatus = status === undefined ? undefined : statusFilter(status)
  return (record) => {
    if (record.n <= since || (kind !== undefined && record.kind !== kind)) return false
    if (topic !== undefined && (record.kind === 'exchange' || record.topic !== topic)) return false
    if (operation !== undefined && (record.kind !== 'exchange' || record.operation !== operation)) return false
    if (record.kind === 'note') return provider === undefined && outcome === undefined && !hasStatus
    if (provider !== undefined && record.provider !== provider) return false
    return (outcome === undefined || record.outcome === outcome) && (!hasStatus || hasStatus(record.status))
  }
}

function statusFilter(wanted: string): (status: number | undefined) => boolean {
  const first = wanted.endsWith('xx') ? Number(wanted[0]) : undefined
  return (status = 0) => (first === undefined ? status === Number(wanted) : Math.trunc(status / 100) === first)
}

function unknownNames({ provider, operation }: JournalQuery, { network }: LiveWorld): string[] {
  const names = network.providers.map(({ name }) => name)
  if (provider !== undefined && !names.includes(provider)) {
    return [`provider: got "${provider}", which is no provider. ${didYouMean(provider, names)}`]
  }
  const operations = network.providers
    .filter(({ name }) => provider === undefined || name === provider)
    .flatMap(({ instance }) => Object.keys(instance.simulator.operations))
  if (operation === undefined || operations.includes(operation)) return []
  return [`operation: got "${operation}", which is no operation. ${didYouMean(operation, operations)}`]
}
