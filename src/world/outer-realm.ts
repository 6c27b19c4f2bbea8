/**
 * Node's own global object. In a runner that gives tests a context of their own (Jest), `globalThis` is another one, with
 * a `process` of its own that hears of nothing, while `fetch` still belongs to this one and looks for its dispatcher
 * here.
 */
export const outerGlobal: typeof globalThis = Buffer.from.constructor('return globalThis')()
