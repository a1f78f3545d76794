// SPDX-License-Identifier: Apache-2.0
/**
 * What the core asks of its engine: bytes as text, and WebCrypto. Declared here and nowhere else, so
 * that neither a page nor Node nor a clock can slip into it. The page and the worker compile the same
 * files against their own libraries.
 */

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label: 'utf-8', options: { fatal: true; ignoreBOM: true });
  decode(data: Uint8Array): string;
}

declare interface CryptoKey {
  readonly type: string;
}

declare interface SubtleCrypto {
  digest(algorithm: 'SHA-256', data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
  importKey(
    format: 'raw',
    data: Uint8Array<ArrayBuffer>,
    algorithm: { name: 'ECDSA'; namedCurve: 'P-256' } | { name: 'Ed25519' } | { name: 'PBKDF2' },
    extractable: false,
    usages: ('verify' | 'deriveBits')[],
  ): Promise<CryptoKey>;
  verify(
    algorithm: { name: 'ECDSA'; hash: 'SHA-256' } | { name: 'Ed25519' },
    key: CryptoKey,
    signature: Uint8Array<ArrayBuffer>,
    data: Uint8Array<ArrayBuffer>,
  ): Promise<boolean>;
  deriveBits(
    algorithm: { name: 'PBKDF2'; hash: 'SHA-256'; salt: Uint8Array<ArrayBuffer>; iterations: number },
    key: CryptoKey,
    bits: number,
  ): Promise<ArrayBuffer>;
}

/** `subtle` is missing where a page was not loaded over TLS. */
declare const crypto: { readonly subtle?: SubtleCrypto };
