/** What the board is reached with. */
export interface TrelloAccess {
  readonly key: string
  readonly token: string
}

interface Named {
  readonly id: string
  readonly name: string
}

const callsMax = 4

/** Moves every card of one list of the first board to another list, and says how many there were. */
export async function release(access: TrelloAccess, from: string, to: string): Promise<number> {
  const [board] = await trello<Named[]>(access, 'GET', '/members/me/boards')
  const lists = await trello<Named[]>(access, 'GET', `/boards/${board?.id}/lists`)
  const idOf = (wanted: string): string => lists.find(({ name }) => name === wanted)?.id ?? ''
  const cards = await trello<Named[]>(access, 'GET', `/lists/${idOf(from)}/cards`)
  for (const { id } of cards) await trello(access, 'PUT', `/cards/${id}`, { idList: idOf(to) })
  return cards.length
}

/** Trello refuses who is too fast, and has done nothing then: so every call may be made again. */
async function trello<Answer>(
  access: TrelloAccess,
  method: string,
  path: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const url = `https://api.trello.com/1${path}?${new URLSearchParams({ ...fields, ...access })}`
  for (let call = 1; ; call++) {
    const reply = await fetch(url, { method, signal: AbortSignal.timeout(10_000) })
    if (reply.ok) return (await reply.json()) as Answer
    if (reply.status !== 429 || call === callsMax)
      throw new Error(`Trello answered ${reply.status} to ${method} ${path}.`)
    await new Promise((resolve) => setTimeout(resolve, 10_000))
  }
}
