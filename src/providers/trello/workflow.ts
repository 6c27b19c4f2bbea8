import { type Client, type ClientSettings, createClient, type Deadline, IntegrationError } from '../../core/index.ts'
import type { NewWorkItem, ProceedOptions, StepOptions, WorkflowProvider, WorkItem } from '../workflow.ts'
import { keyIn, keyPattern, withKey, withoutKey } from './item-key.ts'
import {
  cardQuery,
  cardsOfBoard,
  cardsOfList,
  createCard,
  listsOfBoard,
  moveCard,
  readCard,
  type TrelloCard,
} from './operations.ts'
import { type TrelloCredentials, trelloProvider } from './provider.ts'

/** What a workflow on Trello is made with. */
export interface TrelloWorkflowOptions extends ClientSettings {
  /** Key and token that every call carries. */
  readonly credentials: TrelloCredentials
  /** The board whose lists are the stages: its id, or the short link of its address. */
  readonly board: string
}

/**
 * A workflow on a Trello board: its lists are the stages, its cards the items.
 *
 * An item's key stands in the last line of its card's description, `[item-key …]`: Trello has nothing else by which a
 * card could be known again.
 *
 * @source developer.atlassian.com/cloud/trello/rest, read 2026-01-26
 */
export function createTrelloWorkflow(options: TrelloWorkflowOptions): WorkflowProvider {
  const { credentials, board, ...settings } = options
  return new TrelloWorkflow(createClient(trelloProvider, { ...settings, credentials }), board)
}

/** A stage: one of the board's lists. */
interface Stage {
  readonly id: string
  readonly name: string
}

class TrelloWorkflow implements WorkflowProvider {
  readonly #client: Client
  readonly #board: string
  #stages: readonly Stage[] = []

  constructor(client: Client, board: string) {
    this.#client = client
    this.#board = board
  }

  async items(stage: string, { signal }: StepOptions = {}): Promise<readonly WorkItem[]> {
    const deadline = this.#client.deadline(signal)
    const { id } = await this.#stage(stage, deadline)
    const { value } = await this.#client.call(cardsOfList, { params: { id }, query: cardQuery }, { deadline })
    return value.map((card) => itemOf(card, stage))
  }

  async add(stage: string, item: NewWorkItem, { signal }: StepOptions = {}): Promise<WorkItem> {
    const deadline = this.#client.deadline(signal)
    const { key } = item
    if (key === undefined) return this.#create(stage, { ...item, key: crypto.randomUUID() }, deadline)
    if (!keyPattern.test(key)) {
      const why = `key: got ${JSON.stringify(key)}; must be 1 to 64 letters, digits and . _ : -`
      throw new IntegrationError('input_invalid', { provider: 'trello', what: `Adding "${item.name}"`, why })
    }
    return this.#client.share(`Adding the item with key ${key}`, deadline, (own) =>
      this.#findOrCreate(stage, { ...item, key }, own),
    )
  }

  async proceedTo(from: string, to: string, { item, signal }: ProceedOptions): Promise<WorkItem> {
    const deadline = this.#client.deadline(signal)
    const [origin, goal] = [await this.#stage(from, deadline), await this.#stage(to, deadline)]
    const input = { params: { id: item }, query: cardQuery }
    const { value: card } = await this.#client.call(readCard, input, { deadline })
    if (card.idList === goal.id) return itemOf(card, to)
    if (card.idList !== origin.id) {
      throw new IntegrationError('conflict', {
        provider: 'trello',
        operation: moveCard.name,
        what: `Moving "${card.name}" from ${from} to ${to}`,
        why: `it stands at ${this.#stages.find(({ id }) => id === card.idList)?.name ?? 'another stage'}`,
      })
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

  close(): Promise<void> {
    return this.#client.close()
  }

  /** A key that the caller gave may be known from before: from another process, or an earlier life of this one. */
  async #findOrCreate(stage: string, item: NewWorkItem & { key: string }, deadline: Deadline): Promise<WorkItem> {
    const input = { params: { id: this.#board }, query: cardQuery }
    const { value: cards } = await this.#client.call(cardsOfBoard, input, { deadline })
    const known = cards.find(({ desc }) => keyIn(desc) === item.key)
    if (!known) return this.#create(stage, item, deadline)
    await this.#stage(stage, deadline)
    return itemOf(known, this.#stages.find(({ id }) => id === known.idList)?.name ?? stage)
  }

  async #create(
    stage: string,
    { name, description = '', key }: NewWorkItem & { key: string },
    deadline: Deadline,
  ): Promise<WorkItem> {
    const { id: idList } = await this.#stage(stage, deadline)
    const body = { idList, name, desc: withKey(description, key) }
    const created = this.#client.call(createCard, { body }, { deadline })
    const { value } = await created.catch((error) => this.#forgetStages(error))
    return itemOf(value, this.#stages.find(({ id }) => id === value.idList)?.name ?? stage)
  }

  /** A stage by its name. One that is not known yet may be new on the board. */
  async #stage(name: string, deadline: Deadline): Promise<Stage> {
    const known = this.#stages.find((stage) => stage.name === name)
    if (known) return known
    await this.#client.share(`Reading the stages of board ${this.#board}`, deadline, (own) => this.#readStages(own))
    const found = this.#stages.find((stage) => stage.name === name)
    if (found) return found
    throw new IntegrationError('not_found', {
      provider: 'trello',
      what: `Stage "${name}" of board ${this.#board}`,
      why: `its stages are ${this.#stages.map((stage) => stage.name).join(', ') || 'none'}`,
    })
  }

  async #readStages(deadline: Deadline): Promise<void> {
    const { value: lists } = await this.#client.call(listsOfBoard, { params: { id: this.#board } }, { deadline })
    this.#stages = lists.map(({ id, name }) => ({ id, name }))
  }

  /** What Trello does not know any more may be a list that was archived or renamed. */
  #forgetStages(error: unknown): never {
    if (error instanceof IntegrationError && ['not_found', 'refused'].includes(error.code)) this.#stages = []
    throw error
  }
}

function itemOf({ id, name, desc }: TrelloCard, stage: string): WorkItem {
  return { id, name, description: withoutKey(desc), stage }
}
