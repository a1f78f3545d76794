// SPDX-License-Identifier: Apache-2.0
/** docs/format.md §1.3: the bytes below everything else. */

import { deepEqual, equal, rejects } from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import * as base64url from './base64url.ts';
import { fromText, toHex } from './bytes.ts';
import { fromMembers } from './jwk.ts';
import { digest, sha256 } from './sha256.ts';

function bytes(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 255);
}

test('both hashes are SHA-256, at every length around a block', async () => {
  for (let length = 0; length < 200; length++) {
    const expected = createHash('sha256').update(bytes(length)).digest('hex');
    equal(toHex(sha256(bytes(length))), expected);
    equal(toHex(await digest(bytes(length))), expected);
  }
});

test('base64url gives one text for one byte string', () => {
  for (const length of [0, 1, 2, 3, 4, 63, 64, 65, 30_000]) {
    const text = base64url.encode(bytes(length));
    equal(text, Buffer.from(bytes(length)).toString('base64url'));
    deepEqual(base64url.decode(text), bytes(length));
  }
  for (const text of ['A', 'AB', 'AAB', 'AA==', 'A A', 'AA+A', 'ÀAAA', 'AAAAA']) {
    equal(base64url.decode(text), null, text);
  }
});

const ED25519 = generateKeyPairSync('ed25519');

function jwk(): Map<string, string> {
  const { x } = ED25519.publicKey.export({ format: 'jwk' });
  return new Map([
    ['kty', 'OKP'],
    ['crv', 'Ed25519'],
    ['x', String(x)],
    ['alg', 'EdDSA'],
  ]);
}

test('an engine without Ed25519 says so, and never that the signature is wrong', async (context) => {
  const data = fromText('data');
  const signature = new Uint8Array(sign(null, data, ED25519.privateKey));
  await fromMembers(jwk()).verify(signature, data);
  await rejects(fromMembers(jwk()).verify(signature, fromText('other')), {
    code: 'signature.invalid',
  });
  context.mock.method(crypto.subtle, 'importKey', () => {
    throw new DOMException('unrecognised name', 'NotSupportedError');
  });
  await rejects(fromMembers(jwk()).verify(signature, data), { code: 'signature.unsupported' });
});
