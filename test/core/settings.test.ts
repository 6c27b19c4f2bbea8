import { describe, expect, test } from 'vitest'
import { type ClientSettings, clientDefaults } from '../../src/core/index.ts'
import { settleSettings } from '../../src/core/settings.ts'
import { acmeClient } from './acme.ts'

test('every setting has a default, and all of them stand in one place', () => {
  expect(settleSettings({})).toEqual(clientDefaults)
  expect(settleSettings({ callsMax: undefined } as unknown as ClientSettings)).toEqual(clientDefaults)
})

describe('a setting that cannot work is refused with its name, its value and what would be right', () => {
  const wrong: readonly (readonly [settings: object, says: string])[] = [
    [{ callsMax: 0 }, 'callsMax must be a whole number from 1 to 9007199254740991; got 0.'],
    [{ inFlightMax: 1.5 }, 'inFlightMax must be a whole number from 1 to 9007199254740991; got 1.5.'],
    [{ totalMsMax: '5000' }, "totalMsMax must be a whole number from 1 to 2147483647; got '5000'."],
    [{ attemptMsMax: Number.POSITIVE_INFINITY }, 'attemptMsMax must be a whole number from 1 to 2147483647; got Inf'],
    [{ totalMsMax: 2_147_483_648 }, 'totalMsMax must be a whole number from 1 to 2147483647; got 2147483648.'],
    [{ waitMsFirst: -1 }, 'waitMsFirst must be a whole number from 0 to 2147483647; got -1.'],
    [{ queueMax: null }, 'queueMax must be a whole number from 0 to 9007199254740991; got null.'],
    [{ retries: 3 }, 'there is no "retries"; there are connectMsMax, attemptMsMax,'],
    [{ windows: [{ name: '', callsMax: 1, intervalMs: 1 }] }, "each needs a name that is not empty; got ''."],
    [{ windows: [window('a'), window('a')] }, "each needs a name of its own; got 'a' twice."],
    [{ windows: [{ ...window('a'), callsMax: 0 }] }, "callsMax of window 'a' must be a whole number from 1"],
    [{ windows: [{ ...window('a'), intervalMs: 0 }] }, "intervalMs of window 'a' must be a whole number from 1"],
  ]

  test.for(wrong)('%o', ([settings, says]) => {
    expect(() => acmeClient(settings as ClientSettings)).toThrow(says)
  })

  test('though none of the smallest are', () => {
    expect(() => acmeClient({ queueMax: 0, waitMsFirst: 0, callsMax: 1, inFlightMax: 1, totalMsMax: 1 })).not.toThrow()
  })
})

function window(name: string): { name: string; callsMax: number; intervalMs: number } {
  return { name, callsMax: 1, intervalMs: 1 }
}
