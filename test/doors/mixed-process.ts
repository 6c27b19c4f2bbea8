import { runMixedSubject } from './mixed-subject.ts'

// A process of its own for one run; the seed is its argument, the fingerprint its output.
const { fingerprint } = await runMixedSubject(Number(process.argv[2]))
process.stdout.write(fingerprint)
