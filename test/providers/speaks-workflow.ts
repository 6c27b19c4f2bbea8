import { describe, expect, test } from 'vitest'
import type { WorkflowProvider } from '../../src/providers/workflow.ts'
import { failureOf } from '../core/failures.ts'

/** One provider with a workflow on it, as the suite needs it: stages To Do, Doing and Done, and nothing in them. */
export interface Bench {
  /** Runs a test's body where the provider can be called. */
  run(body: () => Promise<void>): Promise<void>
  /** A workflow, as a product makes it: each is a process of its own. */
  open(): WorkflowProvider
  /** An item's place as the provider itself sees it; `undefined` when it stands nowhere. */
  stageOf(name: string): string | undefined
  /** How many items of a name the provider holds. */
  count(name: string): number
  /** Somebody else moves an item. */
  moveByHand(name: string, stage: string): void
  /** Somebody else puts an item away, so that it stands in no stage. */
  archiveByHand(name: string): void
  /** Loses the reply to the next step of a kind, after it has happened. */
  loseReplyTo(step: 'add' | 'proceedTo'): void
  /** Has the provider answer nothing to the next step of a kind. */
  hang(step: 'add' | 'proceedTo'): void
}

/** Holds an adapter to what the port promises. `make` gives a fresh bench for the test that is running. */
export function speaksWorkflow(name: string, make: () => Bench): void {
  describe(`${name} speaks workflow`, () => {
    addsItems(make)
    movesItems(make)
    endsSteps(make)
  })
}

function addsItems(make: () => Bench): void {
  test('adds an item, and lists it as it was given', () => {
    const { run, open } = make()
    return run(async () => {
      const workflow = open()
      expect(await workflow.items('To Do')).toEqual([])
      const added = await workflow.add('To Do', { name: 'ship', description: 'two mugs\n' })
      expect(added).toEqual({ id: expect.any(String), name: 'ship', description: 'two mugs\n', stage: 'To Do' })
      expect(await workflow.items('To Do')).toEqual([added])
      expect(await workflow.items('Done')).toEqual([])
    })
  })

  test('adds two items of one name where they have no key, or keys of their own', () => {
    const { run, open, count } = make()
    return run(async () => {
      const workflow = open()
      await Promise.all([workflow.add('To Do', { name: 'ship' }), workflow.add('To Do', { name: 'ship' })])
      await Promise.all(['a', 'b'].map((key) => workflow.add('To Do', { name: 'ship', key })))
      expect(count('ship')).toBe(4)
    })
  })

  test('adds one item for a key, clicked twice and after a restart, wherever it stands by then', () => {
    const { run, open, count, moveByHand, archiveByHand } = make()
    return run(async () => {
      const item = { name: 'ship', key: 'order-1' }
      const workflow = open()
      const [one, other] = await Promise.all([workflow.add('To Do', item), workflow.add('To Do', item)])
      expect(other).toEqual(one)
      moveByHand('ship', 'Doing')
      expect(await open().add('To Do', item)).toEqual({ ...one, stage: 'Doing' })
      archiveByHand('ship')
      expect(await open().add('To Do', item)).toEqual({ ...one, stage: 'Doing' })
      expect(count('ship')).toBe(1)
    })
  })

  test('does not take an item that quotes a key for the one that has it', () => {
    const { run, open, count } = make()
    return run(async () => {
      const workflow = open()
      await workflow.add('To Do', { name: 'ship', key: 'order-1' })
      const description = 'as in\n[item-key order-2]\nwhich is urgent'
      const quoting = await workflow.add('To Do', { name: 'quote', description, key: 'order-3' })
      expect(quoting.description).toBe(description)
      await workflow.add('To Do', { name: 'second', key: 'order-2' })
      expect([count('ship'), count('quote'), count('second')]).toEqual([1, 1, 1])
    })
  })

  test.for(['no key', 'a key'])('adds an item once though the reply is lost: with %s', (given) => {
    const { run, open, count, loseReplyTo } = make()
    return run(async () => {
      loseReplyTo('add')
      const added = await open().add('Doing', { name: 'ship', ...(given === 'a key' && { key: 'order-1' }) })
      expect([added.stage, count('ship')]).toEqual(['Doing', 1])
    })
  })

  const wrong: readonly (readonly [item: object, says: string])[] = [
    [{ name: 'ship', key: 'no spaces' }, 'key: got "no spaces"'],
    [{ name: 'ship', key: '' }, 'key: got ""'],
    [{ name: 'ship', key: 'x'.repeat(65) }, 'key: got "xxx'],
    [{ name: '' }, 'name: must not be empty'],
  ]
  test.for(wrong)('refuses an item that does not fit: %o', ([item, says]) => {
    const { run, open } = make()
    return run(async () => {
      const error = await failureOf(open().add('To Do', { name: '', ...item }))
      expect(error).toMatchObject({ code: 'input_invalid', applied: 'no', retriable: false })
      expect(error.message).toContain(says)
    })
  })
}

function movesItems(make: () => Bench): void {
  test('moves an item on, and again is as well', () => {
    const { run, open, stageOf } = make()
    return run(async () => {
      const workflow = open()
      const { id } = await workflow.add('To Do', { name: 'ship', description: 'mugs', key: 'k' })
      const moved = { id, name: 'ship', description: 'mugs', stage: 'Doing' }
      expect(await workflow.proceedTo('To Do', 'Doing', { item: id })).toEqual(moved)
      expect(await workflow.proceedTo('To Do', 'Doing', { item: id })).toEqual(moved)
      expect(stageOf('ship')).toBe('Doing')
    })
  })

  test('does not move an item that stands elsewhere, or that is archived', () => {
    const { run, open, moveByHand, archiveByHand, stageOf } = make()
    return run(async () => {
      const workflow = open()
      const { id } = await workflow.add('To Do', { name: 'ship' })
      moveByHand('ship', 'Done')
      const error = await failureOf(workflow.proceedTo('To Do', 'Doing', { item: id }))
      expect(error).toMatchObject({ code: 'conflict', applied: 'no' })
      expect(error.message).toContain('Moving "ship" from To Do to Doing: ')
      expect(error.message).toContain('it stands at Done')
      expect(stageOf('ship')).toBe('Done')
      archiveByHand('ship')
      const archived = await failureOf(workflow.proceedTo('Done', 'Doing', { item: id }))
      expect([archived.code, stageOf('ship')]).toEqual(['conflict', undefined])
    })
  })

  test('finds out, after a lost reply, that the item has arrived', () => {
    const { run, open, loseReplyTo, stageOf } = make()
    return run(async () => {
      const workflow = open()
      const { id } = await workflow.add('To Do', { name: 'ship' })
      loseReplyTo('proceedTo')
      expect((await workflow.proceedTo('To Do', 'Doing', { item: id })).stage).toBe('Doing')
      expect(stageOf('ship')).toBe('Doing')
    })
  })

  test('does not drag an item back that others moved on meanwhile', () => {
    const { run, open, hang, moveByHand, stageOf } = make()
    return run(async () => {
      const workflow = open()
      const { id } = await workflow.add('To Do', { name: 'ship' })
      hang('proceedTo')
      const moving = failureOf(workflow.proceedTo('To Do', 'Doing', { item: id }))
      setTimeout(() => moveByHand('ship', 'Done'), 3_000)
      expect((await moving).applied).toBe('unknown')
      expect(stageOf('ship')).toBe('Done')
    })
  })

  test('says of a stage that there is none, and which there are', () => {
    const { run, open } = make()
    return run(async () => {
      const workflow = open()
      const { id } = await workflow.add('To Do', { name: 'ship' })
      const steps = [
        workflow.items('Shipped'),
        workflow.add('Shipped', { name: 'mug' }),
        workflow.add('Shipped', { name: 'mug', key: 'k' }),
        workflow.proceedTo('Shipped', 'Done', { item: id }),
        workflow.proceedTo('To Do', 'Shipped', { item: id }),
      ]
      for (const error of await Promise.all(steps.map(failureOf))) {
        expect(error).toMatchObject({ code: 'not_found', applied: 'no' })
        expect(error.message).toMatch(/"Shipped".*To Do, Doing, Done/)
      }
    })
  })
}

function endsSteps(make: () => Bench): void {
  test('ends a step at once when its caller gives up', () => {
    const { run, open, hang } = make()
    return run(async () => {
      const workflow = open()
      const { id } = await workflow.add('To Do', { name: 'ship' })
      for (const step of ['add', 'proceedTo'] as const) {
        hang(step)
        const signal = AbortSignal.timeout(2_000)
        const before = performance.now()
        const error = await failureOf(
          step === 'add'
            ? workflow.add('To Do', { name: 'mug', key: 'k' }, { signal })
            : workflow.proceedTo('To Do', 'Doing', { item: id, signal }),
        )
        expect([error.code, error.applied, performance.now() - before]).toEqual(['aborted', 'unknown', 2_000])
      }
      const signal = AbortSignal.abort()
      expect(await failureOf(workflow.items('To Do', { signal }))).toMatchObject({ code: 'aborted', applied: 'no' })
    })
  })

  test('closes when the steps under way have ended, and takes no further ones', () => {
    const { run, open, stageOf } = make()
    return run(async () => {
      const workflow = open()
      const { id } = await workflow.add('To Do', { name: 'ship' })
      const other = open()
      const moving = other.proceedTo('To Do', 'Doing', { item: id })
      const adding = other.add('To Do', { name: 'mug', key: 'k' })
      await other.close()
      expect([(await moving).stage, (await adding).name, stageOf('ship')]).toEqual(['Doing', 'mug', 'Doing'])
      expect((await failureOf(other.items('To Do'))).code).toBe('closed')
    })
  })
}
