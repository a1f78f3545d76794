// SPDX-License-Identifier: Apache-2.0
/**
 * What was asked and what was found on the way to one verdict.
 *
 * The judge fills it in; the verdict reads it when somebody looks.
 */

import type { Bag } from '../credential/bag.ts';
import type { Carried } from '../credential/carrier.ts';
import type { IdentityNumber } from '../credential/identity_number.ts';
import type { KeyRecord } from '../credential/key_record.ts';
import type { Snapshot } from '../credential/snapshot.ts';
import type { Body } from '../credential/body.ts';
import { type Demand, parseDemand } from './demand.ts';
import { type CheckName, type Mark, NOT_ASKED, SKIPPED } from './marks.ts';

const MAX_AGE = 7 * 86_400; // seconds, docs/format.md §6.2 (15)

/** What the caller of `verify` asks. */
export interface Asking {
  /** The time of asking, seconds since 1970; a part of a second is cut off. */
  readonly at: number;
  /** Where the certificate is to be used, six digits. */
  readonly region: string;
  /** A tag computed for this person and this name, or type and number of a document. */
  readonly holder?: string | IdentityNumber | null | undefined;
  /** What the job demands, or `KIND/SCHEME:CODE/LEVEL`. */
  readonly demand?: Demand | string | null | undefined;
  /** Refuse to decide on knowledge of this age, seconds; 7 days at most. */
  readonly maxAge?: number | null | undefined;
}

/** The same, in the form that is judged by. */
export interface Question {
  readonly at: number;
  readonly region: string;
  readonly holder: string | IdentityNumber | null;
  readonly demand: Demand | null;
  readonly maxAge: number;
}

/** @throws MalformedError `demand.malformed` */
export function question(asking: Asking): Question {
  if (!Number.isFinite(asking.at)) throw new RangeError('the time is a number of seconds');
  const demand = asking.demand ?? null;
  return {
    at: Math.trunc(asking.at),
    region: asking.region,
    holder: asking.holder ?? null,
    demand: typeof demand === 'string' ? parseDemand(demand) : demand,
    maxAge: Math.min(MAX_AGE, asking.maxAge ?? MAX_AGE),
  };
}

export type Marks = Record<CheckName, Mark>;

/** Return a mark for each check, all skipped but what is not asked. */
export function blank(asked: { readonly holder: unknown; readonly demand: unknown }): Marks {
  return {
    carrier: SKIPPED,
    issuer: SKIPPED,
    key: SKIPPED,
    signature: SKIPPED,
    receipt: SKIPPED,
    standing: SKIPPED,
    scope: SKIPPED,
    dates: SKIPPED,
    status: SKIPPED,
    number: SKIPPED,
    recognition: SKIPPED,
    holder: asked.holder === null ? NOT_ASKED : SKIPPED,
    fitness: asked.demand === null ? NOT_ASKED : SKIPPED,
    freshness: SKIPPED,
  };
}

/** Whose signature held, and by what it is known. */
export interface Issuer {
  /** Its region. */
  readonly bag: Bag;
  readonly body: Body;
  /** Its key. */
  readonly record: KeyRecord;
}

/** One case: the question, the marks, and what they rest on, as far as it got. */
export class Facts {
  /** Null only where the verifier itself failed. */
  readonly snapshot: Snapshot | null;
  readonly at: number;
  readonly marks: Marks;
  /** What the text carried; to be shown only where there is an `issuer`. */
  carried: Carried | null = null;
  /** The region of the host that is named as the issuer's. */
  bag: Bag | null = null;
  /** Set once the body's signature held. */
  issuer: Issuer | null = null;
  /** The receipt's time; only of a receipt that held. */
  t: number | null = null;
  /** Number of the filing that covers the certificate. */
  filing: string | null = null;
  /** Document of the agreement that recognises it; null at home. */
  agreement: string | null = null;
  /** K: everything before this is settled, seconds since 1970; null without an anchor. */
  knowledge: number | null = null;

  constructor(
    snapshot: Snapshot | null,
    asked: { readonly at: number; readonly holder: unknown; readonly demand: unknown },
  ) {
    this.snapshot = snapshot;
    this.at = asked.at;
    this.marks = blank(asked);
  }
}
