// SPDX-License-Identifier: Apache-2.0
/**
 * Answers the questions of the tests in Python: `{"op":…}` in, one JSON value out.
 *
 * The values are those that Python gives to the same question, so that a test compares them whole. A
 * session keeps one snapshot: `load` sets it, `replace` tries another, `verify` asks it.
 */

import { readFileSync } from 'node:fs';
import * as base64url from '../core/credential/base64url.ts';
import * as canonical from '../core/credential/canonical.ts';
import * as carrier from '../core/credential/carrier.ts';
import { SealError } from '../core/credential/errors.ts';
import * as holder from '../core/credential/holder.ts';
import * as identityNumber from '../core/credential/identity_number.ts';
import type { IdentityNumber } from '../core/credential/identity_number.ts';
import { isPlain } from '../core/credential/members.ts';
import { clean, fold } from '../core/credential/name.ts';
import { Snapshot } from '../core/credential/snapshot.ts';
import { type Bytes, toHex } from '../core/keys/bytes.ts';
import { digest } from '../core/keys/sha256.ts';
import { replace } from '../core/verifier/trusted.ts';
import { verify } from '../core/verifier/verify.ts';

export interface Question {
  readonly op: string;
  readonly [member: string]: unknown;
}

export class Session {
  #snapshot: Snapshot | null = null;
  #source = '';

  /** Answer, or give the code of the refusal. */
  async answer(question: Question): Promise<unknown> {
    try {
      return await this.#answer(question);
    } catch (error) {
      if (error instanceof SealError) return { code: error.code };
      throw error;
    }
  }

  async #answer(question: Question): Promise<unknown> {
    switch (question.op) {
      case 'parse':
        return parsed(question);
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
      case 'plain':
        return [...text(question, 'text')].map((character) => isPlain(character));
      case 'load':
        return this.#load(question);
      case 'replace':
        this.#snapshot = await replace(this.#snapshot, data(question), text(question, 'anchor'));
        return known(this.#snapshot);
      case 'verify':
        return this.#verify(question);
      default:
        throw new Error(`no such question: ${question.op}`);
    }
  }

  /** Read a snapshot, which replaces whatever was known. */
  async #load(question: Question): Promise<unknown> {
    this.#snapshot = null;
    const anchor = question['anchor'] ?? null;
    this.#snapshot = await Snapshot.fromBytes(data(question), anchor as string | null);
    return known(this.#snapshot);
  }

  async #verify(question: Question): Promise<unknown> {
    // A question that stands alone names its file; the last one is kept.
    const source = `${question['path']} ${question['anchor']}`;
    if (question['path'] !== undefined && source !== this.#source) {
      await this.#load(question);
      this.#source = source;
    }
    if (this.#snapshot === null) return { code: 'no snapshot' };
    const verdict = await verify(text(question, 'text'), this.#snapshot, {
      at: Number(question['at']),
      region: text(question, 'region'),
      holder: question['holder'] as string | IdentityNumber | undefined,
      demand: question['demand'] as string | undefined,
      maxAge: question['max_age'] as number | undefined,
    });
    return verdict.toMembers();
  }
}

/** Say what a snapshot came to. */
async function known(snapshot: Snapshot): Promise<unknown> {
  return {
    region: snapshot.region,
    peers: [...snapshot.peers.keys()],
    rejected: Object.fromEntries(snapshot.rejectedPeers),
    sha256: toHex(await digest(snapshot.toBytes())),
  };
}

/** Say what the strict reader makes of bytes: their canonical form, hashed. */
async function parsed(question: Question): Promise<unknown> {
  const value = canonical.parse(data(question), question['canonical'] !== false);
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

function data(question: Question): Bytes {
  const path = question['path'];
  if (typeof path === 'string') return new Uint8Array(readFileSync(path));
  return base64url.decode(text(question, 'data'));
}

function text(question: Question, member: string): string {
  const value = question[member];
  if (typeof value !== 'string') throw new Error(`${question.op} needs ${member}`);
  return value;
}
