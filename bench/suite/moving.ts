/** The code under test of both suites: moves cards on Trello and tries again, as many write it. */

const waitMs = 1_000
const transient: ReadonlySet<number> = new Set([429, 500, 502, 503, 504])

/** What Trello answered to the last try. */
export class MoveFailed extends Error {
  override readonly name = 'MoveFailed'
  readonly status: number | undefined

  constructor(status: number | undefined, options?: ErrorOptions) {
    super(`Trello answered ${status ?? 'nothing'} to the last try.`, options)
    this.status = status
  }
}

/** A card, as far as it matters here. */
export interface MovedCard {
  readonly id: string
  readonly idList: string
}

/** Moves one card; waits 1, 2, 4 … seconds between tries. */
export async function moveCard(id: string, idList: string, credentials: string, triesMax = 5): Promise<MovedCard> {
  const url = `https://api.trello.com/1/cards/${id}?idList=${idList}&${credentials}`
  for (let tried = 1; ; tried++) {
    const response = await fetch(url, { method: 'PUT' }).catch((error: unknown) => error as Error)
    if (response instanceof Response && response.ok) return (await response.json()) as MovedCard
    const status = response instanceof Response ? response.status : undefined
    const isTransient = status === undefined || transient.has(status)
    if (!isTransient || tried === triesMax) throw new MoveFailed(status)
    await new Promise((resolve) => setTimeout(resolve, waitMs * 2 ** (tried - 1)))
  }
}
