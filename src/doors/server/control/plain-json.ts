/**
 * Puts plain data into JSON without losing what JSON cannot say: `{ "$map": [[key, value], …] }`, `$set`, `$bytes`
 * (base64), `$date`, `$number` (`NaN`, `Infinity`, `-Infinity`, `-0`), `$undefined`. Whatever has a member that begins
 * with `$` itself stands in `$object`, as pairs.
 */
export function toJson(value: unknown): unknown {
  if (value === undefined) return { $undefined: true }
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $number: Object.is(value, -0) ? '-0' : String(value) }
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Map) return { $map: pairsOf([...value]) }
  if (value instanceof Set) return { $set: [...value].map(toJson) }
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (value instanceof Date) return { $date: value.toISOString() }
  const entries = Object.entries(value)
  const isSpecial = entries.some(([name]) => name.startsWith('$'))
  return isSpecial
    ? { $object: pairsOf(entries) }
    : Object.fromEntries(entries.map(([name, item]) => [name, toJson(item)]))
}

function pairsOf(entries: readonly (readonly [unknown, unknown])[]): unknown[] {
  return entries.map(([key, item]) => [toJson(key), toJson(item)])
}

/** What cannot be read back, and where it stands. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError'
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

/**
 * Reads back what `toJson` made.
 *
 * @param path  Where the value stands, for errors.
 * @throws UnreadableError
 */
export function fromJson(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, at) => fromJson(item, `${path}[${at}]`))
  const entries = Object.entries(value)
  const [first] = entries
  if (first?.[0].startsWith('$')) {
    const [tag, content] = first
    const read = Object.hasOwn(readers, tag) ? readers[tag] : undefined
    if (!read || entries.length > 1) {
      throw new UnreadableError(path, `got the member "${tag}"; known: ${Object.keys(readers).join(', ')}, each alone.`)
    }
    return read(content, `${path}.${tag}`)
  }
  return Object.fromEntries(entries.map(([name, item]) => [name, fromJson(item, `${path}.${name}`)]))
}

/** Numbers that JSON cannot say. */
const unsaid: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])

const readers: Readonly<Record<string, (content: unknown, path: string) => unknown>> = {
  $map: (content, path) => new Map(pairsIn(content, path)),
  $set: (content, path) => new Set(arrayIn(content, path).map((item, at) => fromJson(item, `${path}[${at}]`))),
  $bytes: (content, path) => {
    const bytes = Buffer.from(textIn(content, path), 'base64')
    if (bytes.toString('base64') !== content) throw new UnreadableError(path, 'is no base64.')
    return Uint8Array.from(bytes)
  },
  $date: (content, path) => {
    const date = new Date(textIn(content, path))
    if (Number.isNaN(date.getTime())) throw new UnreadableError(path, 'is no date as ISO 8601 has it.')
    return date
  },
  $number: (content, path) => {
    const number = unsaid.get(textIn(content, path))
    if (number === undefined) throw new UnreadableError(path, 'is none of NaN, Infinity, -Infinity, -0.')
    return number
  },
  $undefined: () => undefined,
  $object: (content, path) => {
    return Object.fromEntries(pairsIn(content, path).map(([name, item]) => [textIn(name, path), item]))
  },
}

function pairsIn(content: unknown, path: string): [unknown, unknown][] {
  return arrayIn(content, path).map((pair, at) => {
    const [key, item, ...rest] = arrayIn(pair, `${path}[${at}]`)
    if (!Array.isArray(pair) || pair.length !== 2 || rest.length > 0) {
      throw new UnreadableError(`${path}[${at}]`, 'is no pair.')
    }
    return [fromJson(key, `${path}[${at}][0]`), fromJson(item, `${path}[${at}][1]`)]
  })
}

function arrayIn(content: unknown, path: string): readonly unknown[] {
  if (Array.isArray(content)) return content
  throw new UnreadableError(path, 'is no array.')
}

function textIn(content: unknown, path: string): string {
  if (typeof content === 'string') return content
  throw new UnreadableError(path, 'is no text.')
}
