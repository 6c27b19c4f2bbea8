import { createHmac } from 'node:crypto'
import { createWorld, type World, type WorldOptions } from 'stuntdouble'
import { type Board, kanban, type TrelloOptions, trello, trelloCredentials } from 'stuntdouble/simulators/trello'

/** A world with one Trello in it. */
export type TrelloWorld = World<{ trello: ReturnType<typeof trello> }>

/** Makes a world with one Trello in it: a kanban board, and no limits unless a test is about them. */
export function trelloWorld(options: TrelloOptions = {}, world: Partial<WorldOptions> = {}): TrelloWorld {
  return createWorld({ ...world, simulators: { trello: trello({ boards: [kanban], limits: 'off', ...options }) } })
}

/** What a call came to. */
export interface Answer {
  readonly status: number
  readonly type: string | null
  readonly headers: Headers
  /** Parsed when it is JSON, else the text. */
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on what they read
  readonly body: any
}

/** Credentials of a caller. */
export interface Caller {
  readonly key: string
  readonly token: string
}

/** How a test asks. */
export interface Asking {
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  readonly multipart?: FormData
  readonly headers?: Readonly<Record<string, string>>
  /** Put into the query. @defaultValue those of `trelloCredentials` */
  readonly as?: Partial<Caller>
}

/** A call without credentials. */
export const nobody: Partial<Caller> = {}

/** Asks Trello at its real address. */
export async function ask(line: string, asking: Asking = {}): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ')
  const url = new URL(`https://api.trello.com/1${path}`)
  const { key, token } = asking.as ?? trelloCredentials
  for (const [name, value] of Object.entries({ ...asking.query, key, token })) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const body = bodyOf(asking)
  const response = await fetch(url, {
    method,
    headers: { ...(asking.json !== undefined && { 'content-type': 'application/json' }), ...asking.headers },
    ...(body !== undefined && { body }),
  })
  const text = await response.text()
  const type = response.headers.get('content-type')
  return {
    status: response.status,
    type,
    headers: response.headers,
    body: type?.startsWith('application/json') ? JSON.parse(text) : text,
  }
}

function bodyOf({ json, form, multipart }: Asking): string | URLSearchParams | FormData | undefined {
  if (json !== undefined) return JSON.stringify(json)
  return form ? new URLSearchParams(form) : multipart
}

/** Asks for something that is there, and gives its body. */
export async function given(line: string, asking: Asking = {}): Promise<Answer['body']> {
  const answer = await ask(line, asking)
  if (answer.status !== 200) throw new TypeError(`${line} answered ${answer.status} ${String(answer.body)}`)
  return answer.body
}

/** Status and body of a plain-text refusal. */
export async function refusal(line: string, asking: Asking = {}): Promise<string> {
  const { status, type, body } = await ask(line, asking)
  const form = type === 'text/plain; charset=utf-8' ? '' : ` (${type})`
  return `${status}${form} ${typeof body === 'string' ? body : JSON.stringify(body)}`
}

/** An id that nothing has. */
export const unknownId = '5f5f5f5f5f5f5f5f5f5f5f5f'

/** The first board of a world. */
export function boardIn(world: TrelloWorld): Board {
  return world.trello.board()
}

/** Lets someone else use a Trello: a member of their own, with a token of the same application or of one of their own. */
export function admit(
  world: TrelloWorld,
  caller: Partial<Caller> & {
    readonly scopes?: readonly ('read' | 'write')[]
    readonly idMember?: string
    readonly dateExpires?: string
  } = {},
): Caller {
  const { state } = world.trello
  const { key = trelloCredentials.key, token = `ATTA${'b0'.repeat(36)}`, scopes = ['read', 'write'] } = caller
  const idMember = caller.idMember ?? 'b0b0b0b0b0b0b0b0b0b0b0b0'
  if (!state.members.has(idMember)) {
    const names = { username: 'bo', fullName: 'Bo Lindqvist', initials: 'BL', email: 'bo@example.com' }
    state.members.set(idMember, { id: idMember, ...names })
  }
  if (!state.apps.has(key)) state.apps.set(key, { key, secret: 'other-secret', name: 'Other' })
  const dates = { dateCreated: '2026-01-01T00:00:00.000Z', dateExpires: caller.dateExpires ?? null }
  state.tokens.set(token, { id: idMember.replace('b', 'c'), token, key, idMember, scopes, ...dates })
  return { key, token }
}

/** A delivery as a receiver got it. */
export interface Received {
  /** Virtual milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** What a receiver got, and the receiver itself. */
export interface ReceiverBook {
  /** Deliveries; the checks of its address are in `checks`. */
  readonly deliveries: Received[]
  readonly checks: Received[]
  readonly receive: (request: Request) => Promise<Response>
}

/** A receiver that keeps what it gets, and answers with what `statusOf` says. */
export function receiverOf(statusOf: (received: Received, nth: number) => number = () => 200): ReceiverBook {
  const deliveries: Received[] = []
  const checks: Received[] = []
  return {
    deliveries,
    checks,
    receive: async (request) => {
      const one = {
        at: Date.now(),
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        text: await request.text(),
      }
      const book = request.method === 'HEAD' ? checks : deliveries
      book.push(one)
      return new Response(null, { status: statusOf(one, book.length) })
    },
  }
}

/** The signature that Trello's documents prescribe. */
export function signatureOf(text: string, callbackUrl: string, secret: string = trelloCredentials.secret): string {
  return createHmac('sha1', secret).update(text).update(callbackUrl).digest('base64')
}

/** Lets virtual time pass. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
