import type { Files, Proof } from './proof.ts'

const inSimulator = (...body: string[]): Files => ({ 'simulators/acme/cards.ts': body.join('\n') })

/** What the rule about time and chance refuses and admits. */
export const timeAndChanceProofs = {
  simulatorsTakeTimeFromContext: {
    refuses: Object.fromEntries(
      [
        'const at = Date.now()',
        'const at = new Date()',
        'const clock = Date',
        'const { now } = Date',
        'const chance = Math.random()',
        'const { random } = Math',
        'setTimeout(run, 1)',
        'const later = globalThis.setTimeout',
        'const wait = { setInterval }',
        "import { setTimeout as sleep } from 'node:timers/promises'",
        "import { randomUUID } from 'node:crypto'",
        "import { randomBytes as bytes } from 'crypto'",
        "import crypto from 'node:crypto'",
        'const id = crypto.randomUUID()',
        'const at = performance.now()',
        'const at = process.hrtime.bigint()',
        "const crypto = await import('node:crypto')",
      ].map((code) => [code, { files: inSimulator('', code), at: 'simulators/acme/cards.ts:2' }]),
    ),
    admits: {
      'a date made of a time that is known': inSimulator(
        'const due = new Date(at)',
        "const start = Date.parse('2026-01-05')",
        'const half = Math.floor(1.5)',
      ),
      'names that only look like it': inSimulator(
        'const a = { Date: 1, random: 2 }',
        'const b = ctx.setTimeout',
        'interface C { readonly Date: Date }',
        '// Date.now() is forbidden',
        "const text = 'Math.random()'",
      ),
      'a signature': inSimulator("import { createHmac } from 'node:crypto'"),
      'production code': { 'src/core/client.ts': 'const at = Date.now()' },
    },
  },
} satisfies Readonly<Record<string, Proof>>
