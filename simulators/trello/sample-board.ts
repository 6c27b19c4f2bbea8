import type { Faker } from '@faker-js/faker'
// The whole package takes six times as long to load.
import { faker as shared } from '@faker-js/faker/locale/en'
import type { BoardSpec, CardSpec } from './options.ts'

/** What a sample board is drawn from. */
export interface SampleBoardOptions {
  /** The same seed gives the same board. @defaultValue 1 */
  readonly seed?: number
  /** @defaultValue 24 */
  readonly cards?: number
  /** Around this day the due dates lie: ISO 8601. @defaultValue `'2026-01-05T09:00:00.000Z'` */
  readonly today?: string
}

const labels = [
  { name: 'Bug', color: 'red' },
  { name: 'Feature', color: 'green' },
  { name: 'Customer', color: 'purple' },
  { name: 'Chore', color: 'sky' },
  { name: 'Blocked', color: 'orange' },
]
const lists = ['Backlog', 'To Do', 'Doing', 'Review', 'Done']

/** Draws the board of a product team: lists, labels, cards with descriptions, due dates and checklists. */
export function sampleBoard(options: SampleBoardOptions = {}): BoardSpec {
  const { seed = 1, cards = 24, today = '2026-01-05T09:00:00.000Z' } = options
  const faker = ownFaker(seed)
  faker.setDefaultRefDate(today)
  const placed = Array.from({ length: cards }, () => ({
    list: faker.helpers.arrayElement(lists),
    card: sampleCard(faker),
  }))
  return {
    name: `${faker.commerce.productName()} launch`,
    desc: faker.company.catchPhrase(),
    labels,
    lists: lists.map((name) => ({ name, cards: placed.flatMap(({ list, card }) => (list === name ? card : [])) })),
  }
}

/** Seeding the shared one would change what its other users draw. */
function ownFaker(seed: number): Faker {
  const Own = shared.constructor as new (options: { locale: Faker['rawDefinitions']; seed: number }) => Faker
  return new Own({ locale: shared.rawDefinitions, seed })
}

function sampleCard(faker: Faker): CardSpec {
  const { helpers } = faker
  const verb = helpers.arrayElement(['Fix', 'Add', 'Rework', 'Document', 'Measure', 'Remove'])
  const due = helpers.maybe(() => faker.date.soon({ days: 30 }).toISOString(), { probability: 0.4 })
  const checklist = helpers.maybe(
    () => helpers.multiple(() => `${faker.hacker.verb()} the ${faker.hacker.noun()}`, { count: { min: 2, max: 5 } }),
    { probability: 0.25 },
  )
  return {
    name: `${verb} the ${faker.hacker.adjective()} ${faker.hacker.noun()}`,
    desc: helpers.maybe(() => faker.hacker.phrase(), { probability: 0.7 }) ?? '',
    labels: helpers.arrayElements(labels, { min: 0, max: 2 }).map(({ name }) => name),
    ...(due !== undefined && { due }),
    ...(checklist && { checklist }),
  }
}
