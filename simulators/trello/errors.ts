import type { Call, ErrorEntry, Refusal, Reply } from '../../src/simulator/index.ts'
import { jsonReply, textReply } from '../../src/simulator/index.ts'

/** Refusals of Trello, by a name of ours. */
export type TrelloError =
  | 'key_invalid'
  | 'token_invalid'
  | 'unauthorized'
  | 'scopes_missing'
  | 'token_of_another'
  | 'id_invalid'
  | 'object_id_invalid'
  | 'value_invalid'
  | 'member_already_on_card'
  | 'label_already_on_card'
  | 'webhook_exists'
  | 'callback_refused'
  | 'card_not_found'
  | 'model_not_found'
  | 'resource_not_found'
  | 'board_of_list_not_found'
  | 'too_many'

/** Trello's errors: plain text, for the most part. `callback_refused` gets its JSON from its handler. */
export const errors: Readonly<Record<TrelloError, ErrorEntry>> = {
  key_invalid: { status: 401, text: 'invalid key' },
  token_invalid: { status: 401, text: 'invalid token' },
  unauthorized: { status: 401, text: 'unauthorized permission requested' },
  scopes_missing: { status: 401, text: 'missing scopes' },
  token_of_another: { status: 401, text: 'unauthorized token' },
  id_invalid: { status: 400, text: 'invalid id' },
  object_id_invalid: { status: 400, text: 'Invalid objectId' },
  value_invalid: { status: 400, text: 'invalid value for %s' },
  member_already_on_card: { status: 400, text: 'member is already on the card' },
  label_already_on_card: { status: 400, text: 'that label is already on the card' },
  webhook_exists: { status: 400, text: 'A webhook with that callback, model, and token already exists' },
  callback_refused: { status: 400 },
  card_not_found: { status: 404, text: 'card not found' },
  model_not_found: { status: 404, text: 'model not found' },
  resource_not_found: { status: 404, text: 'The requested resource was not found.' },
  board_of_list_not_found: { status: 404, text: 'could not find the board that the card belongs to' },
  too_many: { status: 403, text: 'Too many %s' },
}

/** What the edge in front of Trello says to a read that has a body. */
const edgeRefusal = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=iso-8859-1">
<TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY>
<H1>403 ERROR</H1><H2>The request could not be satisfied.</H2><HR noshade size="1px">
Bad request. We can't connect to the server for this app or website at this time.
There might be too much traffic or a configuration error. Try again later, or contact the app or website owner.
</BODY></HTML>
`

/** A read must not have a body: the edge refuses it before Trello sees it. */
export function refuseAtEdge({ method, body }: Call): Reply | undefined {
  if (method !== 'GET' || body.length === 0) return undefined
  return { status: 403, headers: { 'content-type': 'text/html' }, body: Buffer.from(edgeRefusal) }
}

/** A path that Trello does not know. */
export function unknownRoute({ method, path }: Call): Reply {
  return textReply(404, `Cannot ${method} ${path}`)
}

/** A limit that was passed. `scope` is the word in Trello's own name for it. */
export function limitReply(scope: 'KEY' | 'TOKEN', retryAfterS: number | undefined): Reply {
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
  return jsonReply(429, { error: `API_${scope}_LIMIT_EXCEEDED`, message: 'Rate limit exceeded' }, headers)
}

/** An injected refusal in Trello's form. */
export function refusalReply({ fault, status, retryAfterS }: Refusal): Reply {
  switch (fault) {
    case 'rate-limited':
      return limitReply('TOKEN', retryAfterS)
    case 'bad-request':
      return textReply(400, 'invalid id')
    case 'unauthorized':
      return textReply(401, 'invalid token')
    case 'forbidden':
      return textReply(403, 'forbidden')
    case 'not-found':
      return textReply(404, 'The requested resource was not found.')
    case 'conflict':
      return textReply(
        409,
        'The request could not be completed due to a conflict with the current state of the resource.',
      )
    case 'server-error':
      return edgeError(status)
  }
}

const reasons: Readonly<Record<number, string>> = {
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Time-out',
}

/** Trello itself says 500 in text; the rest comes from the edge, as a page. */
function edgeError(status: number): Reply {
  const reason = reasons[status] ?? 'Error'
  if (status === 500) return textReply(status, reason)
  const page = `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body>\r\n<center><h1>${status} ${reason}</h1></center>\r\n</body>\r\n</html>\r\n`
  return { status, headers: { 'content-type': 'text/html' }, body: Buffer.from(page) }
}
