import type { OutgoingRequest } from './attempt.ts'
import type { CallInput, Operation, QueryValues } from './operation.ts'
import { issueInWords } from './verdict.ts'

/** Builds the request of a call from its checked input; `why` says what does not fit. */
export async function outgoingRequest<Input extends CallInput, Result>(
  origin: string,
  { method, path, input: schema }: Operation<Input, Result>,
  input: Input,
  authentication: Readonly<Record<string, string>>,
): Promise<{ readonly outgoing: OutgoingRequest } | { readonly why: string }> {
  const checked = await schema['~standard'].validate(input)
  if (checked.issues) return { why: issueInWords(checked.issues[0]) }
  const { params = {}, query, body } = checked.value
  const target = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  return {
    outgoing: {
      method,
      url: `${origin}${target}${queryOf(query)}`,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...authentication,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    },
  }
}

function queryOf(query: QueryValues | undefined): string {
  if (!query) return ''
  const encoded = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) encoded.set(name, String(value))
  return encoded.size === 0 ? '' : `?${encoded}`
}
