import { painter } from '../report/words.ts'
import type { SimulateDocument } from './simulate-document.ts'
import type { SimulateSettings } from './simulate-flags.ts'

/** What the command says to a person once it is ready: where everything is, and a first call that answers something. */
export function welcome(document: SimulateDocument, settings: SimulateSettings, color: boolean): string {
  const paint = painter(color)
  const trust = document.certificate === null ? '' : ` --cacert '${document.certificate}'`
  const lines = Object.entries(document.providers).flatMap(([name, { url, origins, credentials, firstCall }]) => [
    `${paint('strong', name)}  ${paint('call', url)}  ${paint('quiet', `in place of ${origins.join(', ')}`)}`,
    ...Object.entries(credentials).map(([what, value]) => `  ${what.padEnd(8)}${value}`),
    `  try     curl${trust} '${firstCall}'`,
    '',
  ])
  const bearer = settings.token === undefined ? '' : ' (with "Authorization: Bearer", and the token)'
  return [
    ...lines,
    `${paint('strong', 'control')}  ${paint('call', document.control)}${bearer}`,
    `  api     ${document.openapi}`,
    `  limits ${settings.limits}, seed ${settings.seed}${faultsOf(settings)}. Ctrl-C stops it.`,
    '',
    '',
  ].join('\n')
}

function faultsOf({ plan }: SimulateSettings): string {
  const count = plan?.plan.faults.length ?? 0
  return count === 0 ? '' : `, ${count} ${count === 1 ? 'fault' : 'faults'} set`
}
