import crypto from 'node:crypto'
import { place } from './context.ts'
import { type AnyFunction, createPatchSet, type PatchSet } from './patches.ts'
import { callerInWords } from './watch.ts'

/** Functions whose results come from the operating system's chance, whatever the seed says. */
const keyMakers = ['generateKey', 'generateKeyPair', 'generatePrime'] as const

/** Algorithms of Web Crypto whose results differ from call to call. */
const randomised: Readonly<Record<string, readonly string[]>> = {
  sign: ['ECDSA', 'RSA-PSS'],
  encrypt: ['RSA-OAEP'],
  wrapKey: ['RSA-OAEP'],
}

/**
 * Marks a run in which the subject makes keys, or signs with an algorithm that draws: no seed reaches the chance inside
 * of OpenSSL.
 */
export const entropy: PatchSet = createPatchSet((patch) => {
  for (const name of keyMakers) {
    for (const variant of [name, `${name}Sync`])
      patch(crypto, variant, (original) => marking(original, variant, always))
  }
  for (const name of ['publicEncrypt', 'encapsulate'])
    patch(crypto, name, (original) => marking(original, name, always))
  patch(crypto, 'sign', (original) => marking(original, 'sign', (args) => drawsToSign(args[2])))
  for (const [home, name] of [
    [crypto.ECDH.prototype, 'generateKeys'],
    [crypto.DiffieHellman.prototype, 'generateKeys'],
  ] as const) {
    patch(home, name, (original) => marking(original, name, always))
  }
  patch(crypto.Sign.prototype, 'sign', (original) => marking(original, 'Sign.sign', (args) => drawsToSign(args[0])))
  const subtle: object = Object.getPrototypeOf(crypto.subtle)
  for (const name of ['generateKey', 'encapsulateKey', 'encapsulateBits']) {
    patch(subtle, name, (original) => marking(original, `subtle.${name}`, always))
  }
  for (const [name, algorithms] of Object.entries(randomised)) {
    const draws = (args: readonly unknown[]): boolean =>
      args.some((arg) => algorithms.includes(String(typeof arg === 'object' && arg ? Reflect.get(arg, 'name') : arg)))
    patch(subtle, name, (original) => marking(original, `subtle.${name}`, draws))
  }
})

const always = (): boolean => true

function marking(original: AnyFunction, name: string, draws: (args: readonly unknown[]) => boolean): AnyFunction {
  return function marked(...args) {
    const here = place.getStore()
    if (here && !here.gated && draws(args)) {
      here.world.cannotRepeat(`${name} draws from the operating system's chance: ${callerInWords()}`)
    }
    return Reflect.apply(original, this, args)
  }
}

/** Signatures over elliptic curves and with RSA-PSS are salted; those of RSA as it was first are not. */
function drawsToSign(key: unknown): boolean {
  const type = keyType(key)
  return type !== 'rsa' && type !== 'ed25519' && type !== 'ed448'
}

function keyType(key: unknown): string | undefined {
  const material = typeof key === 'object' && key !== null && 'key' in key ? key.key : key
  if (material instanceof crypto.KeyObject) return material.asymmetricKeyType
  try {
    return crypto.createPrivateKey(key as crypto.PrivateKeyInput).asymmetricKeyType
  } catch {
    return undefined
  }
}
