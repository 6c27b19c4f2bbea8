import type { Journal } from '../simulator/journal.ts'
import type { IntentRecord } from './types.ts'

/** Who waits for what, in words: open intents, calls that are unanswered, deliveries that nobody takes. */
export function waitingInWords(intents: readonly IntentRecord[], journal: Journal, settlers: number): string {
  const all = [
    ...intents.filter(({ status }) => status === 'pending').map(({ name }) => `intent "${name}"`),
    ...journal
      .exchanges()
      .filter(({ outcome }) => outcome === 'pending')
      .map(({ provider, operation, nth, intent }) => {
        const whose = intent === undefined ? '' : ` for intent "${intent}"`
        return `call ${nth} of ${operation ?? 'no operation'} of ${provider}${whose}, unanswered`
      }),
    ...journal
      .deliveries()
      .filter(({ outcome }) => outcome === 'pending')
      .map(({ provider, topic, nth }) => `delivery ${nth} of ${topic} of ${provider}, not yet taken`),
    ...Array.from({ length: settlers }, () => 'settle()'),
  ]
  return all.length === 0 ? 'No intent and no call is open.' : `Open: ${all.join('; ')}.`
}
