import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'

/** What a server proves who it is with, as PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** What a server can show to who connects by TLS. */
export interface Certificates {
  readonly valid: Certificate
  /** One that was valid until yesterday. */
  readonly expired: Certificate
  /** What clients have to trust, as PEM. */
  readonly trusted: string
}

const dayMs = 86_400_000
const authority = 'stuntdouble authority'

interface Wanted {
  readonly name: string
  readonly fromMs: number
  readonly untilMs: number
  readonly extensions: object[]
}

/**
 * Makes certificates for hosts, and for this machine's own names, and an authority that has signed them: clients have to be told to trust
 * it. What makes them is loaded only here, since most servers speak plain HTTP.
 */
export async function makeCertificates(hosts: readonly string[], nowMs: number): Promise<Certificates> {
  const { default: forge } = await import('node-forge')
  const { privateKey: key, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const signer = forge.pki.privateKeyFromPem(key)
  const signed = ({ name, fromMs, untilMs, extensions }: Wanted): string => {
    const certificate = forge.pki.createCertificate()
    certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
    // The first bit stays clear: a serial number is positive.
    certificate.serialNumber = `01${randomBytes(8).toString('hex')}`
    certificate.validity.notBefore = new Date(fromMs)
    certificate.validity.notAfter = new Date(untilMs)
    certificate.setSubject([{ name: 'commonName', value: name }])
    certificate.setIssuer([{ name: 'commonName', value: authority }])
    certificate.setExtensions(extensions)
    certificate.sign(signer, forge.md.sha256.create())
    return forge.pki.certificateToPem(certificate)
  }
  const extensions = [{ name: 'subjectAltName', altNames: namesOf(hosts) }]
  const leaf = (fromMs: number, untilMs: number): Certificate => ({
    key,
    cert: signed({ name: 'stuntdouble', fromMs, untilMs, extensions }),
  })
  return {
    valid: leaf(nowMs - dayMs, nowMs + 365 * dayMs),
    expired: leaf(nowMs - 30 * dayMs, nowMs - dayMs),
    trusted: signed({
      ...{ name: authority, fromMs: nowMs - 60 * dayMs, untilMs: nowMs + 365 * dayMs },
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
    }),
  }
}

/** DNS names (2) and addresses (7), as certificates number them. */
function namesOf(hosts: readonly string[]): readonly object[] {
  const names = new Set(['localhost', '127.0.0.1', '::1', ...hosts])
  return [...names].map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }))
}
