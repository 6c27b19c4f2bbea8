import { expect, test } from 'vitest'
import { createRandom } from '../../src/simulator/random.ts'
import { Agenda } from '../../src/world/agenda.ts'

/** Takes everything out, and gives what each appointment did, in order. */
function emptied(agenda: Agenda, done: string[]): readonly string[] {
  for (let next = agenda.take(); next; next = agenda.take()) next.task?.()
  return done
}

test('gives what is due first, and what is due at the same moment in the order of its adding', () => {
  const agenda = new Agenda()
  const done: string[] = []
  const add = (at: number, name: string): unknown => agenda.add(at, () => done.push(name))
  add(30, 'last')
  add(10, 'first')
  add(20, 'second')
  add(20, 'third')
  expect(agenda.peek()?.at).toBe(10)
  expect(emptied(agenda, done)).toEqual(['first', 'second', 'third', 'last'])
  expect(agenda.take()).toBeUndefined()
})

test('passes over what has been called off', () => {
  const agenda = new Agenda()
  const done: string[] = []
  agenda.add(10, () => done.push('called off')).cancel()
  agenda.add(20, () => done.push('kept'))
  agenda.add(30, () => done.push('called off too')).cancel()
  expect(agenda.peek()?.at).toBe(20)
  expect(emptied(agenda, done)).toEqual(['kept'])
  expect(agenda.peek()).toBeUndefined()
})

test('keeps its order however additions and takings mix', () => {
  const random = createRandom('agenda')
  const agenda = new Agenda()
  const waiting: { readonly at: number; readonly order: number }[] = []
  for (let order = 0; order < 2_000; order++) {
    const at = random.integer(0, 50)
    agenda.add(at, () => undefined)
    waiting.push({ at, order })
    if (random.next() < 0.5) continue
    waiting.sort((one, other) => one.at - other.at || one.order - other.order)
    expect(agenda.take()).toMatchObject(waiting.shift() as object)
  }
})
