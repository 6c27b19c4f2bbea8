import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import {
  type Ask,
  type Client,
  type ClientSettings,
  createClient,
  type Deadline,
  IntegrationError,
} from '../../core/index.ts'
import type { NewWorkItem, ProceedOptions, StepOptions, WorkflowProvider, WorkItem } from '../workflow.ts'
import { keyPattern, withKey, withoutKey } from './item-key.ts'
import {
  boardPattern,
  cardQuery,
  cardsOfList,
  cardWithKey,
  createCard,
  descLengthMax,
  moveCard,
  readCard,
  type TrelloCard,
} from './operations.ts'
import { type TrelloCredentials, trelloProvider } from './provider.ts'
import { Stages } from './stages.ts'

/** What a workflow on Trello is made with. */
export interface TrelloWorkflowOptions extends ClientSettings {
  /** API key, and token of the member on whose behalf it works. */
  readonly credentials: TrelloCredentials
  /** The board whose lists are the stages: its id, or the short link of its address. */
  readonly board: string
  /** How long the board's lists are taken to be as they were read, in milliseconds. @defaultValue 60_000 */
  readonly stagesFreshMsMax?: number
}

/**
 * A workflow on a Trello board: its lists are the stages, its cards the items.
 *
 * An item's key stands in a line of its card's description, `[item-key …]`: Trello has nothing else by which a card
 * could be known again. Up to 1,000 items of a stage are listed.
 *
 * @throws AssertionError  for options that cannot work
 * @source developer.atlassian.com/cloud/trello/rest, read 2026-01-26
 */
export function createTrelloWorkflow(options: TrelloWorkflowOptions): WorkflowProvider {
  const { credentials, board, stagesFreshMsMax = 60_000, ...settings } = options
  for (const name of ['key', 'token'] as const) {
    const value: unknown = credentials[name]
    const fits = typeof value === 'string' && /^[\w-]+$/.test(value)
    const got = typeof value === 'string' ? `${value.length} characters, not all of them such` : inspect(value)
    assert(fits, `credentials.${name} must be letters and digits, as Trello shows it; got ${got}.`)
  }
  assert(boardPattern.test(board), `board must be the id of a board, or its short link; got ${inspect(board)}.`)
  const fits = Number.isInteger(stagesFreshMsMax) && stagesFreshMsMax >= 0
  assert(fits, `stagesFreshMsMax must be a whole number from 0 on; got ${inspect(stagesFreshMsMax)}.`)
  const client = createClient(trelloProvider, { ...settings, credentials })
  return new TrelloWorkflow(client, board, new Stages(client, board, stagesFreshMsMax))
}

type Keyed = NewWorkItem & { readonly key: string }

class TrelloWorkflow implements WorkflowProvider {
  readonly #client: Client
  readonly #board: string
  readonly #stages: Stages

  constructor(client: Client, board: string, stages: Stages) {
    this.#client = client
    this.#board = board
    this.#stages = stages
  }

  items(stage: string, { signal }: StepOptions = {}): Promise<readonly WorkItem[]> {
    return this.#client.intent(async (deadline) => {
      const { id } = await this.#stages.named(stage, deadline)
      const listing = this.#client.call(cardsOfList, { params: { id }, query: cardQuery }, { deadline })
      const { value: cards } = await listing.catch((error) => this.#forgetStages(error))
      return cards.map((card) => itemOf(card, stage))
    }, signal)
  }

  async add(stage: string, item: NewWorkItem, { signal }: StepOptions = {}): Promise<WorkItem> {
    const keyed = { ...item, key: item.key ?? crypto.randomUUID() }
    assertFits(keyed)
    return this.#client.intent((deadline) => {
      if (item.key === undefined) return this.#create(stage, keyed, deadline)
      const run = (own: Deadline): Promise<WorkItem> => this.#findOrCreate(stage, keyed, own)
      return this.#client.share(
        { what: `Adding the item with key ${item.key}`, effect: createCard.effect, run },
        deadline,
      )
    }, signal)
  }

  proceedTo(from: string, to: string, { item, signal }: ProceedOptions): Promise<WorkItem> {
    return this.#client.intent((deadline) => this.#proceed(from, to, item, deadline), signal)
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  async #proceed(from: string, to: string, item: string, deadline: Deadline): Promise<WorkItem> {
    const [origin, goal] = [await this.#stages.named(from, deadline), await this.#stages.named(to, deadline)]
    const input = { params: { id: item }, query: cardQuery }
    const { value: card } = await this.#client.call(readCard, input, { deadline })
    const what = `Moving "${card.name}" from ${from} to ${to}`
    if (card.closed) throw conflict(what, 'it has been archived')
    if (card.idList === goal.id) return itemOf(card, to)
    if (card.idList !== origin.id) {
      throw conflict(what, `it stands at ${this.#stages.nameOf(card.idList) ?? 'no stage of this board'}`)
    }
    const moving = this.#client.call(
      moveCard,
      { params: { id: item }, body: { idList: goal.id } },
      {
        deadline,
        reconcile: async (ask) => {
          const now = await ask(readCard, input)
          if (now.idList === goal.id) return { applied: 'yes', value: now }
          // Anywhere else, somebody has moved it meanwhile, and moving it again would undo that.
          return { applied: now.idList === origin.id ? 'no' : 'unknown' }
        },
      },
    )
    const { value: moved } = await moving.catch((error) => this.#forgetStages(error))
    return itemOf(moved, to)
  }

  /** A key that the caller gave may be known from before: from another process, or an earlier life of this one. */
  async #findOrCreate(stage: string, item: Keyed, deadline: Deadline): Promise<WorkItem> {
    await this.#stages.named(stage, deadline)
    const ask: Ask = async (operation, input) => (await this.#client.call(operation, input, { deadline })).value
    const known = await cardWithKey(ask, this.#board, item.key)
    return known ? this.#asItStands(known, stage) : this.#create(stage, item, deadline)
  }

  async #create(stage: string, { name, description = '', key }: Keyed, deadline: Deadline): Promise<WorkItem> {
    const { id: idList } = await this.#stages.named(stage, deadline)
    const body = { idList, name, desc: withKey(description, key) }
    const created = this.#client.call(createCard, { body }, { deadline })
    const { value: card } = await created.catch((error) => this.#forgetStages(error))
    return this.#asItStands(card, stage)
  }

  #asItStands(card: TrelloCard, stage: string): WorkItem {
    return itemOf(card, this.#stages.nameOf(card.idList) ?? stage)
  }

  /** What Trello does not know any more may be a list that is gone. */
  #forgetStages(error: unknown): never {
    if (error instanceof IntegrationError && ['not_found', 'refused'].includes(error.code)) this.#stages.forget()
    throw error
  }
}

/** Says in the caller's words what would else be refused in Trello's. */
function assertFits({ name, description = '', key }: Keyed): void {
  const lengthMax = descLengthMax - withKey('', key).length - 2
  const why = !keyPattern.test(key)
    ? `key: got ${JSON.stringify(key)}; must be 1 to 64 letters, digits and . _ : -`
    : description.length > lengthMax
      ? `description: got ${description.length} characters; beside the key there is room for ${lengthMax}`
      : undefined
  if (why !== undefined)
    throw new IntegrationError('input_invalid', { provider: 'trello', what: `Adding "${name}"`, why })
}

function conflict(what: string, why: string): IntegrationError {
  return new IntegrationError('conflict', { provider: 'trello', operation: moveCard.name, what, why })
}

function itemOf({ id, name, desc }: TrelloCard, stage: string): WorkItem {
  return { id, name, description: withoutKey(desc), stage }
}
