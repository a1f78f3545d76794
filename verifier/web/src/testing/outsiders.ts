// SPDX-License-Identifier: Apache-2.0
/**
 * What other people's libraries make of a certificate out of a code: jose checks it as a JWS, sd-jwt-vc
 * as an SD-JWT VC, with its status list. They know nothing of this project.
 */

import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { compactVerify, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import { decode } from '../core/credential/carrier.ts';
import type { Question } from './ops.ts';

/** Give the claims as each library read them, or why it refused. */
export async function outsiders(asked: Question): Promise<unknown> {
  const carried = decode(asked.text('text'));
  const token = carried.unverified.token;
  const [key, receiptKey, statusKey] = await Promise.all(
    ['jwk', 'receipt_jwk', 'status_jwk'].map((name) => importJWK(asked.raw(name) as JWK)),
  );
  const at = asked.number('at');
  if (key === undefined || receiptKey === undefined || statusKey === undefined) return null;

  const byKey = (one: typeof key) => async (data: string, signature: string) => {
    const { alg } = decodeProtectedHeader(`${data}.${signature}`);
    await compactVerify(`${data}.${signature}`, one, { algorithms: [String(alg)] });
    return true;
  };
  const instance = new SDJwtVcInstance({
    verifier: byKey(key),
    statusVerifier: byKey(statusKey),
    statusListFetcher: async () => asked.text('status_list'),
    hasher: async () => new Uint8Array(32), // nothing is disclosed selectively
    hashAlg: 'sha-256',
  });
  const options = { currentDate: new Date(at * 1000), typ: 'dc+sd-jwt' };
  return {
    jose: await told(async () => (await jwtVerify(token, key, options)).payload),
    receipt: await told(async () => {
      const { payload } = await jwtVerify(carried.receiptUnverified?.token ?? '', receiptKey, {
        currentDate: options.currentDate,
        typ: 'receipt+jwt',
      });
      return payload;
    }),
    sd_jwt_vc: await told(async () => {
      return (await instance.verify(`${token}~`, { currentDate: at })).payload;
    }),
  };
}

async function told(act: () => Promise<unknown>): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : String(error)}`;
  }
}
