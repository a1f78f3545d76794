// SPDX-License-Identifier: Apache-2.0
/**
 * Answers one question of the tests in Python: `{"op":…}` in, one JSON value out.
 *
 * The values are those that Python writes for the same question, so that a test compares two texts.
 */

import { SealError } from '../core/credential/errors.ts';
import * as base64url from '../core/credential/base64url.ts';
import * as canonical from '../core/credential/canonical.ts';
import * as carrier from '../core/credential/carrier.ts';
import * as holder from '../core/credential/holder.ts';
import * as identityNumber from '../core/credential/identity_number.ts';
import { clean, fold } from '../core/credential/name.ts';
import { digest } from '../core/keys/sha256.ts';
import { toHex } from '../core/keys/bytes.ts';

export interface Question {
  readonly op: string;
  readonly [member: string]: unknown;
}

/** Answer, or give the code of the refusal. */
export async function answer(question: Question): Promise<unknown> {
  try {
    return await answers(question);
  } catch (error) {
    if (error instanceof SealError) return { code: error.code };
    throw error;
  }
}

async function answers(question: Question): Promise<unknown> {
  switch (question.op) {
    case 'parse':
      return json(question);
    case 'decode':
      return decoded(question);
    case 'tag':
      return holder.tag(Number(question['type']), text(question, 'number'), text(question, 'name'));
    case 'identity_number':
      return identityNumber.parse(text(question, 'text'));
    case 'fold':
      return fold(text(question, 'text'));
    case 'clean':
      return clean(text(question, 'text'));
    default:
      throw new Error(`no such question: ${question.op}`);
  }
}

/** Say what the strict reader makes of bytes: their canonical form, hashed. */
async function json(question: Question): Promise<unknown> {
  const data = base64url.decode(text(question, 'data'));
  const value = canonical.parse(data, question['canonical'] !== false);
  return { canonical: toHex(await digest(canonical.encode(value))) };
}

function decoded(question: Question): unknown {
  const code = text(question, 'text');
  const hosts = (question['hosts'] ?? []) as string[];
  const readings = carrier.isBare(code) ? carrier.candidates(code, hosts) : [carrier.decode(code)];
  return readings.map((carried) => ({
    certificate: carried.unverified.token,
    receipt: carried.receiptUnverified?.token ?? null,
    host: carried.host,
    inside: carried.inside,
  }));
}

function text(question: Question, member: string): string {
  const value = question[member];
  if (typeof value !== 'string') throw new Error(`${question.op} needs ${member}`);
  return value;
}
