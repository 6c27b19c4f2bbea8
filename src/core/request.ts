import type { OutgoingRequest } from './attempt.ts'
import type { CallInput, Operation, QueryValues } from './operation.ts'
import { type Misfit, parsedBy } from './parsed.ts'

/** Builds the request of a call from its checked input; `why` says what does not fit. */
export async function outgoingRequest<Input extends CallInput, Result>(
  origin: string,
  { method, path, input: schema }: Operation<Input, Result>,
  input: Input,
  authentication: Readonly<Record<string, string>>,
): Promise<{ readonly ok: true; readonly value: OutgoingRequest } | Misfit> {
  const checked = await parsedBy(schema, input)
  if (!checked.ok) return checked
  const { params = {}, query, body } = checked.value
  const target = targetOf(path, params)
  if (!target.ok) return target
  let json: string | undefined
  try {
    json = body === undefined ? undefined : JSON.stringify(body)
  } catch (cause) {
    return { ok: false, why: 'body: it cannot be written as JSON', cause }
  }
  return {
    ok: true,
    value: {
      method,
      url: `${origin}${target.value}${queryOf(query)}`,
      headers: {
        accept: 'application/json',
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...authentication,
      },
      body: json,
    },
  }
}

/** Fills in a path template. What would lead to another path than the template's does not fit. */
function targetOf(
  path: string,
  params: Readonly<Record<string, string>>,
): { readonly ok: true; readonly value: string } | Misfit {
  let misfit: string | undefined
  const filled = path.replace(/(?<!\w):(\w+)/g, (_, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined
    if (typeof value !== 'string' || value === '') misfit = `params.${name}: must not be empty`
    else if (!value.isWellFormed()) misfit = `params.${name}: is not well-formed text`
    else return encodeURIComponent(value)
    return ''
  })
  // Whoever reads a URL takes these as steps, even where they are percent-encoded.
  const isStep = filled.split('/').some((segment) => segment === '.' || segment === '..')
  if (misfit === undefined && isStep) misfit = 'params: "." and ".." would lead to another path'
  return misfit === undefined ? { ok: true, value: filled } : { ok: false, why: misfit, cause: undefined }
}

function queryOf(query: QueryValues | undefined): string {
  if (!query) return ''
  const encoded = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) encoded.set(name, String(value))
  return encoded.size === 0 ? '' : `?${encoded}`
}
