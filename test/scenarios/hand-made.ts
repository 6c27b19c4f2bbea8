import { setTimeout as pause } from 'node:timers/promises'
import type { NewWorkItem, ProceedOptions, WorkflowProvider, WorkItem } from 'stuntdouble/providers/trello'
import { trelloCredentials } from 'stuntdouble/simulators/trello'

/** A card as Trello tells it, as far as these adapters look. */
export interface Card {
  readonly id: string
  readonly name: string
  readonly desc: string
  readonly idList: string
}

/** What a call of a hand-made adapter is. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: object
}

/** An error of a hand-made adapter: what was asked, and what came of it. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'
  readonly status: number | undefined
  readonly retryAfterS: number | undefined

  constructor({ method, path }: Asked, why: string, reply?: Response) {
    super(`${method} ${path} failed: ${why}`)
    this.status = reply?.status
    this.retryAfterS = Number(reply?.headers.get('retry-after')) || undefined
  }
}

/**
 * A workflow on Trello as a team writes it in an afternoon, over plain fetch: one call a step, a deadline each, no retry,
 * every failure thrown. The wrong ones each do one thing worse.
 */
export class HandMade implements WorkflowProvider {
  readonly #board: string
  readonly #adding = new Map<string, Promise<WorkItem>>()
  #stages: Promise<ReadonlyMap<string, string>> | undefined

  constructor(board: string) {
    this.#board = board
  }

  /** One call; what it says beside the JSON is the wrong adapters' to change. */
  protected async send(asked: Asked): Promise<unknown> {
    const reply = await fetch(`https://api.trello.com/1${asked.path}`, this.request(asked)).catch((error: Error) => {
      throw new CallFailed(asked, String(error.cause ?? error.message))
    })
    if (!reply.ok) throw new CallFailed(asked, `status ${reply.status}`, reply)
    return this.parsed(asked, reply)
  }

  protected request({ method, body }: Asked): RequestInit {
    const { key, token } = trelloCredentials
    return {
      method,
      headers: {
        authorization: `OAuth oauth_consumer_key="${key}", oauth_token="${token}"`,
        ...(body && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(10_000),
      ...(body && { body: JSON.stringify(body) }),
    }
  }

  protected async parsed(asked: Asked, reply: Response): Promise<unknown> {
    return reply.json().catch((error: Error) => {
      throw new CallFailed(asked, error.message)
    })
  }

  protected cardsOfBoard(): Promise<readonly Card[]> {
    return this.send({ method: 'GET', path: `/boards/${this.#board}/cards/all` }) as Promise<readonly Card[]>
  }

  protected async listOf(stage: string): Promise<string> {
    this.#stages ??= this.#readStages()
    const id = (await this.#stages).get(stage)
    if (id === undefined) throw new CallFailed({ method: 'GET', path: '/lists' }, `there is no list ${stage}`)
    return id
  }

  async #readStages(): Promise<ReadonlyMap<string, string>> {
    try {
      const lists = (await this.send({ method: 'GET', path: `/boards/${this.#board}/lists` })) as readonly Card[]
      return new Map(lists.map(({ id, name }) => [name, id]))
    } catch (error) {
      this.#stages = undefined
      throw error
    }
  }

  async items(stage: string): Promise<readonly WorkItem[]> {
    const cards = (await this.send({ method: 'GET', path: `/lists/${await this.listOf(stage)}/cards` })) as Card[]
    return cards.map((card) => this.itemOf(card, stage))
  }

  async add(stage: string, item: NewWorkItem): Promise<WorkItem> {
    const { key = '' } = item
    const adding = this.#adding.get(key) ?? this.findOrCreate(stage, item)
    this.#adding.set(key, adding)
    return adding.finally(() => this.#adding.delete(key))
  }

  protected async findOrCreate(stage: string, { name, key = '' }: NewWorkItem): Promise<WorkItem> {
    const known = (await this.cardsOfBoard()).find(({ desc }) => desc === key)
    return this.itemOf(known ?? (await this.create(stage, name, key)), stage)
  }

  protected async create(stage: string, name: string, key: string): Promise<Card> {
    const body = { idList: await this.listOf(stage), name, desc: key }
    return (await this.send({ method: 'POST', path: '/cards', body })) as Card
  }

  async proceedTo(_from: string, to: string, { item }: ProceedOptions): Promise<WorkItem> {
    const idList = await this.listOf(to)
    const card = await this.send({ method: 'PUT', path: `/cards/${item}`, body: { idList } })
    return this.itemOf(card as Card, to)
  }

  async close(): Promise<void> {}

  protected itemOf({ id, name, desc }: Card, stage: string): WorkItem {
    return { id, name, description: desc, stage }
  }
}

/** How a hand-made adapter tries again. */
export interface Again {
  readonly callsMax: number
  readonly waitMs: number
  readonly isTransient: (error: CallFailed) => boolean
  /** Whether a `Retry-After` that is longer than `waitMs` is waited for. @defaultValue true */
  readonly obeys?: boolean
}

/** Calls until it succeeds, fails for good, or has failed often enough. */
export async function again<Value>(
  { callsMax, waitMs, isTransient, obeys = true }: Again,
  call: () => Promise<Value>,
): Promise<Value> {
  for (let calls = 1; ; calls++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof CallFailed) || !isTransient(error) || calls >= callsMax) throw error
      await pause(Math.max(waitMs, obeys ? (error.retryAfterS ?? 0) * 1_000 : 0))
    }
  }
}
