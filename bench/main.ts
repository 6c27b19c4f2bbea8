import { BenchUsageError, readOptions, usage } from './options.ts'

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(usage)
  else {
    // Only now: help and complaints need nothing of what is measured.
    const { bench } = await import('./bench.ts')
    await bench(options)
  }
} catch (error) {
  if (!(error instanceof BenchUsageError)) throw error
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
