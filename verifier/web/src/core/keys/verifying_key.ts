// SPDX-License-Identifier: Apache-2.0
/**
 * A public key that has been parsed strictly and may be used to verify.
 *
 * WebCrypto imports a key later than it is read, so the import waits for the first signature: of the
 * thousands of keys in a trust list a phone meets a few.
 */

import type { Bytes } from './bytes.ts';
import { UntrustedError } from './errors.ts';

const SIGNATURE_BYTES = 64;
const IMPORT = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
} as const;
const VERIFY = {
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const;

type Subtle = NonNullable<typeof crypto.subtle>;
export type Algorithm = keyof typeof IMPORT;
export const ALGORITHMS: readonly string[] = Object.keys(IMPORT);

export class VerifyingKey {
  /** The only header `alg` under which this key verifies. */
  readonly alg: Algorithm;
  /** First 8 bytes of the thumbprint, base64url, 11 characters. */
  readonly kid: string;
  /** RFC 7638, 32 bytes. */
  readonly thumbprint: Bytes;
  readonly #point: Bytes;
  #imported: ReturnType<Subtle['importKey']> | undefined;

  constructor(alg: Algorithm, kid: string, thumbprint: Bytes, point: Bytes) {
    this.alg = alg;
    this.kid = kid;
    this.thumbprint = thumbprint;
    this.#point = point;
  }

  /**
   * Return if the signature holds.
   * @throws UntrustedError `signature.invalid`, or `signature.unsupported` where this engine cannot
   * compute it
   */
  async verify(signature: Bytes, data: Bytes): Promise<void> {
    if (signature.length !== SIGNATURE_BYTES) refuse();
    const { subtle } = crypto;
    if (subtle === undefined) unsupported(this.alg);
    let holds: boolean;
    try {
      this.#imported ??= subtle.importKey('raw', this.#point, IMPORT[this.alg], false, ['verify']);
      holds = await subtle.verify(VERIFY[this.alg], await this.#imported, signature, data);
    } catch {
      // Point and lengths were checked before, so all that can be wrong is the engine.
      unsupported(this.alg);
    }
    if (!holds) refuse();
  }
}

function refuse(): never {
  throw new UntrustedError('signature.invalid', 'the signature does not hold');
}

function unsupported(alg: string): never {
  throw new UntrustedError('signature.unsupported', `this machine cannot verify ${alg}`);
}
