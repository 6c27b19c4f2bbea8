import assert from 'node:assert/strict'
import { contestantsOf, type LapAmounts } from './contestants.ts'
import { timed } from './rounds.ts'

const [name, amounts = ''] = process.argv.slice(2)
const contestant = contestantsOf(JSON.parse(amounts) as LapAmounts).find((one) => one.name === name)
assert(contestant, `There is no contestant ${name}.`)

process.on('message', () => {
  timed(contestant).then((result) => process.send?.(result))
})
