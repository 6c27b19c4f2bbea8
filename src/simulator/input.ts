import type { Call } from '../http/exchange.ts'
import { append, type Fields, fieldsOf, headerOf, textOf } from '../http/messages.ts'

/** A body as far as it can be read by its content-type. */
export interface ParsedBody {
  /** Parsed JSON, form fields, or the text. */
  readonly value: unknown
  /** Members of a JSON object, or form fields; else empty. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** A file of a multipart body. */
export interface UploadedFile {
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array
}

const nothing: ParsedBody = { value: undefined, fields: Object.freeze({}) }

/**
 * Reads a body by its content-type: JSON, URL-encoded or multipart form; anything else is text. JSON that does not
 * parse is text too: the operation's schema will say so. A multipart form arrives a turn later than all else.
 */
export function parseBody(call: Call): ParsedBody | Promise<ParsedBody> {
  if (call.body.length === 0) return nothing
  const contentType = headerOf(call, 'content-type') ?? ''
  const type = contentType.toLowerCase()
  if (type.startsWith('application/x-www-form-urlencoded')) {
    const fields: Fields = fieldsOf(textOf(call.body))
    return { value: fields, fields }
  }
  if (type.startsWith('multipart/form-data')) return parseMultipart(call.body, contentType)
  const text = textOf(call.body)
  if (!/^application\/([\w.+-]+\+)?json(;|\s|$)/.test(type)) return { value: text, fields: nothing.fields }
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return { value, fields: isObject ? (value as Record<string, unknown>) : nothing.fields }
  } catch {
    return { value: text, fields: nothing.fields }
  }
}

async function parseMultipart(body: Uint8Array, contentType: string): Promise<ParsedBody> {
  const fields: Record<string, unknown> = {}
  try {
    const form = await new Response(Buffer.from(body), { headers: { 'content-type': contentType } }).formData()
    for (const [name, value] of form) {
      append(fields, name, typeof value === 'string' ? value : await fileOf(value))
    }
  } catch {
    return { value: textOf(body), fields: nothing.fields }
  }
  return { value: fields, fields }
}

async function fileOf(file: File): Promise<UploadedFile> {
  return { name: file.name, type: file.type, bytes: await file.bytes() }
}
