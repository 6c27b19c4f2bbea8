import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'

/** What a server proves who it is with, as PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A certificate that holds, and one over the same key that has expired. */
export interface Certificates {
  readonly valid: Certificate
  readonly expired: Certificate
}

const dayMs = 86_400_000

/**
 * Makes certificates for a host of this machine, signed by themselves: clients have to be told to trust them. What makes
 * them is loaded only here, since most servers speak plain HTTP.
 */
export async function makeCertificates(host: string, nowMs: number): Promise<Certificates> {
  const { default: forge } = await import('node-forge')
  const { privateKey: key, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const name = [{ name: 'commonName', value: 'stuntdouble' }]
  const signed = (fromMs: number, untilMs: number): Certificate => {
    const certificate = forge.pki.createCertificate()
    certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
    // The first bit stays clear: a serial number is positive.
    certificate.serialNumber = `01${randomBytes(8).toString('hex')}`
    certificate.validity.notBefore = new Date(fromMs)
    certificate.validity.notAfter = new Date(untilMs)
    certificate.setSubject(name)
    certificate.setIssuer(name)
    certificate.setExtensions([
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: namesOf(host) },
    ])
    certificate.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create())
    return { key, cert: forge.pki.certificateToPem(certificate) }
  }
  return {
    valid: signed(nowMs - dayMs, nowMs + 365 * dayMs),
    expired: signed(nowMs - 30 * dayMs, nowMs - dayMs),
  }
}

/** DNS names (2) and addresses (7), as certificates number them. */
function namesOf(host: string): readonly object[] {
  const names = new Set(['localhost', '127.0.0.1', '::1', host])
  return [...names].map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }))
}
