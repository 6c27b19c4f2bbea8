import { describe, expect, test } from 'vitest'
import { callOf, textReply } from '../../src/http/messages.ts'
import type { JournalRecord } from '../../src/simulator/journal.ts'
import { JournalBook } from '../../src/simulator/journal-book.ts'
import { createRedactor } from '../../src/simulator/redact.ts'

const redactor = createRedactor(() => [])
const bookOf = (bounds: { readonly recordsMax?: number; readonly bytesMax?: number }) => {
  const unbounded = Number.POSITIVE_INFINITY
  const book = new JournalBook(redactor, { recordsMax: unbounded, bytesMax: unbounded, ...bounds })
  const open = (body = '') => book.openExchange('acme', 'say', callOf('https://acme.example/', { body }), 0)
  return { book, open }
}
const numbers = (book: JournalBook): readonly number[] => book.records().map(({ n }) => n)

describe('a journal that is bounded', () => {
  test('forgets the oldest records and counts on', () => {
    const { book, open } = bookOf({ recordsMax: 3 })
    const nths = Array.from({ length: 5 }, () => open().nth)
    expect(nths).toEqual([1, 2, 3, 4, 5])
    expect(numbers(book)).toEqual([3, 4, 5])
    expect(book.exchanges().map(({ nth }) => nth)).toEqual([3, 4, 5])
    expect(book.strikePoints().map(({ nth }) => nth)).toEqual([3, 4, 5])
    expect([book.length, book.forgotten, book.recordsMax]).toEqual([3, 2, 3])
  })

  test('keeps its bound over very many records', () => {
    const { book, open } = bookOf({ recordsMax: 700 })
    for (let at = 0; at < 10_000; at++) open().end('replied', 0, textReply(200, 'x'))
    const kept = numbers(book)
    expect([kept.length, kept[0], kept.at(-1), book.forgotten]).toEqual([700, 9_301, 10_000, 9_300])
  })

  test('forgets the oldest when bodies grow too large, that of a reply included', () => {
    const { book, open } = bookOf({ bytesMax: 100 })
    const first = open('a'.repeat(40))
    const second = open('b'.repeat(40))
    first.end('replied', 0, textReply(200, 'c'.repeat(20)))
    expect(numbers(book)).toEqual([1, 2])
    second.end('replied', 0, textReply(200, 'd'))
    expect(numbers(book)).toEqual([2])
  })

  test('counts no bytes of what it has forgotten', () => {
    const { book, open } = bookOf({ bytesMax: 100 })
    const first = open('a'.repeat(40))
    open('b'.repeat(70))
    first.end('replied', 0, textReply(200, 'c'.repeat(90)))
    open('d'.repeat(30))
    expect(numbers(book)).toEqual([2, 3])
  })

  test('keeps the youngest record, however large', () => {
    const { book, open } = bookOf({ bytesMax: 10 })
    open('a')
    open('b'.repeat(50))
    expect(numbers(book)).toEqual([2])
  })
})

describe('a journal that is cleared', () => {
  test('holds nothing and counts calls anew, while numbers of records go on', () => {
    const { book, open } = bookOf({ recordsMax: 2 })
    for (let at = 0; at < 3; at++) open()
    book.clear()
    expect([book.length, book.forgotten, book.records()]).toEqual([0, 0, []])
    expect(open().nth).toBe(1)
    expect(numbers(book)).toEqual([4])
  })
})

describe('a journal that is followed', () => {
  test('tells each record once it is complete, until that is stopped', () => {
    const { book, open } = bookOf({})
    const told: string[] = []
    const tell = (record: JournalRecord): void => {
      told.push(record.kind === 'exchange' ? `${record.n} ${record.outcome}` : `${record.n} ${record.kind}`)
    }
    const stop = book.follow(tell)
    const [first, second] = [open(), open()]
    second.end('replied', 0, textReply(200, ''))
    book.note('log', 'hello', 0, undefined)
    first.end('aborted', 0)
    first.end('replied', 0)
    stop()
    open().end('replied', 0)
    expect(told).toEqual(['2 replied', '3 note', '1 aborted'])
  })
})
