/** What a fault is when nothing more is said than its name. Plans and faults by hand both take it from here. */
export const faultDefaults = {
  'server-error': { status: 503, when: 'before' },
  latency: { ms: 10_000 },
  hang: { when: 'before' },
  'truncated-body': { keep: 0.5 },
  'garbled-reply': { where: 'head' },
  'wrong-content-type': { contentType: 'text/html; charset=utf-8' },
  'slow-body': { chunks: 10, intervalMs: 1_000 },
  'schema-drift': { change: 'missing' },
  delayed: { ms: 60_000 },
  'replayed-late': { ms: 3_600_000 },
  burst: { copies: 20 },
} as const
