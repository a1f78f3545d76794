// SPDX-License-Identifier: Apache-2.0
/**
 * The verdict: one outcome, one reason, and what every check came to (docs/format.md §6).
 *
 * - any check that fails makes it INVALID, with the first such check's reason;
 * - else any that is unknown makes it INDETERMINATE: what cannot be told is never valid;
 * - no claim is shown unless the issuer's signature held; no document number is ever in it.
 */

import { toPlain } from '../credential/canonical.ts';
import type { Claims } from '../credential/certificate.ts';
import { detailOf, iso, standingNow } from './details.ts';
import { Facts } from './facts.ts';
import { CHECKS, type CheckName, type Mark, unknown } from './marks.ts';

export type Outcome = 'VALID' | 'INVALID' | 'INDETERMINATE';

/** One check of the fourteen. */
export interface Check {
  readonly name: CheckName;
  readonly outcome: Mark['outcome'];
  /** Null unless it fails, is unknown, or is `freshness.stale`. */
  readonly reason: string | null;
  /** For people; not to be compared. */
  readonly detail: string | null;
}

/** Who answers for the certificate. */
export interface IssuerShown {
  readonly id: string;
  readonly name: string;
  /** Number of the filing that covered it when it was registered. */
  readonly filing: string | null;
  /** `active`, `rectifying`, `suspended`, `removed`, `void` or `none`, at the time of asking. */
  readonly standing_now: string;
  /** Document of the agreement that it is recognised by; null at home. */
  readonly recognition: string | null;
}

/** What `verify` answers; the members are those of `skillseal verify --json`. */
export class Verdict {
  readonly outcome: Outcome;
  /** `ok`, `freshness.stale`, or the code of the first check that failed or is unknown. */
  readonly reason: string;
  readonly environment: string | null;
  readonly checks: readonly Check[];
  /** The claims; null unless the issuer's signature held. */
  readonly certificate: Claims | null;
  readonly issuer: IssuerShown | null;
  /** The time up to which things are settled, ISO 8601; null without an anchor. */
  readonly knowledge: string | null;
  /** How old that is at the time of asking; below zero where the clock is behind. */
  readonly age_seconds: number | null;
  /** `REGION:HEX`, what everything rests on. */
  readonly anchor: string | null;
  /** When the registry admitted it, seconds since 1970; null unless the receipt held. */
  readonly registered: number | null;

  constructor(facts: Facts) {
    const { snapshot, marks, issuer, knowledge } = facts;
    [this.outcome, this.reason] = conclude(facts);
    this.environment = snapshot?.anchored === true ? snapshot.home.root.environment : null;
    this.checks = CHECKS.map((name) => ({
      name,
      outcome: marks[name].outcome,
      reason: marks[name].reason,
      detail: detailOf(facts, name),
    }));
    this.certificate = issuer === null ? null : (facts.carried?.claims ?? null);
    this.issuer = issuer && {
      id: issuer.body.id,
      name: issuer.body.name,
      filing: facts.filing,
      standing_now: standingNow(issuer.body, facts.at),
      recognition: facts.agreement,
    };
    this.knowledge = knowledge === null ? null : iso(knowledge);
    this.age_seconds = knowledge === null ? null : facts.at - knowledge;
    this.anchor = snapshot?.anchor ?? null;
    this.registered = issuer === null ? null : facts.t;
  }

  /** Give the JSON object of `skillseal verify --json`. */
  toMembers(): Record<string, unknown> {
    const { registered: _, certificate, ...members } = this;
    return { ...members, certificate: certificate && toPlain(certificate.members) };
  }
}

const ALWAYS: readonly CheckName[] = CHECKS.slice(0, CHECKS.indexOf('recognition'));

function conclude(facts: Facts): [Outcome, string] {
  const marks = CHECKS.map((name) => facts.marks[name]);
  const failed = marks.find(({ outcome }) => outcome === 'fail');
  if (failed !== undefined) return ['INVALID', String(failed.reason)];
  const unsettled = marks.find(({ outcome }) => outcome === 'unknown');
  if (unsettled !== undefined) return ['INDETERMINATE', String(unsettled.reason)];
  const isWhole =
    ALWAYS.every((name) => facts.marks[name].outcome === 'pass') &&
    marks.every(({ outcome }) => outcome !== 'skipped');
  if (!isWhole) {
    // No check said no, but one was not taken: that is a fault of this program, not a pass.
    facts.marks.freshness = unknown('internal');
    return ['INDETERMINATE', 'internal'];
  }
  return ['VALID', facts.marks.freshness.reason ?? 'ok'];
}
