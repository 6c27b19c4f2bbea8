/** A stream of chance: the same seed gives the same numbers. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive), as `Math.random` gives. */
  next(): number
  /** A whole number from `min` to `max`, both inclusive. */
  integer(min: number, max: number): number
  /** One of `items`, which must not be empty. */
  pick<Item>(items: readonly Item[]): Item
  /** Fills `bytes` and returns it. */
  fill(bytes: Uint8Array): Uint8Array
  /** A stream of its own for `label`: drawing from one never moves the other. */
  fork(label: string): Random
  /** Where the stream stands, as plain data. */
  position(): RandomPosition
  /** Goes back to where the stream stood. */
  rewind(position: RandomPosition): void
}

/** A place in a stream of chance. */
export type RandomPosition = readonly [number, number, number, number]

/** The stream of chance that one simulator of a world gets: by its name, so that adding another changes nothing. */
export function randomFor(seed: number | string, provider: string): Random {
  return createRandom(`${seed}/${provider}`)
}

/**
 * Makes a stream of chance from a seed (sfc32, seeded through a 32-bit string hash).
 *
 * @param seed  Any number or text; equal seeds give equal streams, on every machine.
 */
export function createRandom(seed: number | string): Random {
  const text = String(seed)
  let a = hash32(text, 0x9e3779b9)
  let b = hash32(text, 0x85ebca6b)
  let c = hash32(text, 0xc2b2ae35)
  let counter = 1

  const draw = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) draw()

  const next = (): number => draw() / 4_294_967_296
  return {
    next,
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    fill: (bytes) => {
      for (let at = 0; at < bytes.length; at++) bytes[at] = draw() >>> 24
      return bytes
    },
    fork: (label) => createRandom(`${text}/${label}`),
    position: () => [a, b, c, counter],
    rewind: (position) => {
      ;[a, b, c, counter] = position
    },
  }
}

/** FNV-1a over UTF-16 code units, with an avalanche at the end. */
function hash32(text: string, basis: number): number {
  let hash = basis | 0
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16_777_619)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  return (hash ^ (hash >>> 15)) | 0
}
