// SPDX-License-Identifier: Apache-2.0
/**
 * A run of questions from the tests in Python that keeps one snapshot between them: `load` sets it,
 * `follow` tries another after it, `ask` gives the whole verdict. Everything else is asked of `ops.ts`.
 */

import { readFileSync } from 'node:fs';
import * as base64url from '../core/credential/base64url.ts';
import { SealError } from '../core/credential/errors.ts';
import { isPlain } from '../core/credential/members.ts';
import { clean } from '../core/credential/name.ts';
import { Snapshot } from '../core/credential/snapshot.ts';
import { type Bytes, toHex } from '../core/keys/bytes.ts';
import { digest } from '../core/keys/sha256.ts';
import type { Asking } from '../core/verifier/facts.ts';
import { replace } from '../core/verifier/trusted.ts';
import { verify } from '../core/verifier/verify.ts';
import { answer, type Question } from './ops.ts';

export class Session {
  #snapshot: Snapshot | null = null;

  /** Answer, or give the code of the refusal. */
  async answer(asked: Question): Promise<unknown> {
    try {
      return await this.#answer(asked);
    } catch (error) {
      if (error instanceof SealError) return { code: error.code };
      throw error;
    }
  }

  async #answer(asked: Question): Promise<unknown> {
    switch (asked.op) {
      case 'load':
        this.#snapshot = null;
        this.#snapshot = await Snapshot.fromBytes(
          data(asked),
          (asked.raw('anchor') ?? null) as string | null,
        );
        return known(this.#snapshot);
      case 'follow':
        this.#snapshot = await replace(this.#snapshot, data(asked), asked.text('anchor'));
        return known(this.#snapshot);
      case 'ask':
        return this.#ask(asked);
      case 'outsiders':
        return (await import('./outsiders.ts')).outsiders(asked);
      case 'each_plain':
        return [...asked.text('text')].map((character) => isPlain(character));
      case 'each_name':
        return [...asked.text('text')].map((character) => isName(`甲${character}乙`));
      default:
        return answer(asked, (name) => new Uint8Array(readFileSync(name)));
    }
  }

  async #ask(asked: Question): Promise<unknown> {
    if (this.#snapshot === null) return { code: 'no snapshot' };
    const verdict = await verify(asked.text('text'), this.#snapshot, {
      at: asked.number('at'),
      region: asked.text('region'),
      holder: asked.raw('holder') as Asking['holder'],
      demand: asked.raw('demand') as Asking['demand'],
      maxAge: asked.raw('max_age') as Asking['maxAge'],
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

function isName(text: string): boolean {
  try {
    return clean(text) === text;
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return false;
  }
}

function data(asked: Question): Bytes {
  return asked.has('path')
    ? new Uint8Array(readFileSync(asked.text('path')))
    : base64url.decode(asked.text('data'));
}
