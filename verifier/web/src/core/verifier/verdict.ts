// SPDX-License-Identifier: Apache-2.0
/**
 * The verdict: one outcome, one reason, and what every check came to (docs/format.md §6).
 *
 * - any check that fails makes it INVALID, with the first such check's reason;
 * - else any that is unknown makes it INDETERMINATE: what cannot be told is never valid;
 * - no claim is shown unless the issuer's signature held; no document number is ever in it.
 */

import { parse, toPlain } from '../credential/canonical.ts';
import type { Claims } from '../credential/certificate.ts';
import { detailOf, iso, standingNow } from './details.ts';
import type { Facts } from './facts.ts';
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

/**
 * What `verify` answers; the names are those of `skillseal verify --json`. Beside outcome and reason
 * everything is made when somebody looks.
 */
export class Verdict {
  readonly outcome: Outcome;
  /** `ok`, `freshness.stale`, or the code of the first check that failed or is unknown. */
  readonly reason: string;
  readonly #facts: Facts;

  constructor(facts: Facts) {
    [this.outcome, this.reason] = conclude(facts);
    this.#facts = facts;
  }

  /** All fourteen, in the order of reporting. */
  get checks(): readonly Check[] {
    const { marks } = this.#facts;
    return CHECKS.map((name) => ({
      name,
      outcome: marks[name].outcome,
      reason: marks[name].reason,
      detail: detailOf(this.#facts, name),
    }));
  }

  /** `demo`, `test` or `production`: whatever is not production certifies nothing. */
  get environment(): string | null {
    const { snapshot } = this.#facts;
    return snapshot?.anchored === true ? snapshot.home.root.environment : null;
  }

  /** The claims; null unless the issuer's signature held. */
  get certificate(): Claims | null {
    return this.#facts.issuer === null ? null : (this.#facts.carried?.claims ?? null);
  }

  /** The claims as the JSON object that they are. */
  get #members(): unknown {
    const { issuer, carried } = this.#facts;
    return issuer === null || carried === null ? null : toPlain(parse(carried.unverified.payload));
  }

  /** Who answers for it; null unless the issuer's signature held. */
  get issuer(): IssuerShown | null {
    const { issuer, filing, agreement, at } = this.#facts;
    return (
      issuer && {
        id: issuer.body.id,
        name: issuer.body.name,
        filing,
        standing_now: standingNow(issuer.body, at),
        recognition: agreement,
      }
    );
  }

  /** The time up to which things are settled, ISO 8601; null without an anchor. */
  get knowledge(): string | null {
    return this.#facts.knowledge === null ? null : iso(this.#facts.knowledge);
  }

  /** How old that is at the time of asking; below zero where the clock is behind. */
  get age_seconds(): number | null {
    return this.#facts.knowledge === null ? null : this.#facts.at - this.#facts.knowledge;
  }

  /** `REGION:HEX`, what everything rests on. */
  get anchor(): string | null {
    return this.#facts.snapshot?.anchor ?? null;
  }

  /** When the registry admitted it, seconds since 1970; null unless both signatures held. */
  get registered(): number | null {
    return this.#facts.issuer === null ? null : this.#facts.t;
  }

  /** Give the JSON object of `skillseal verify --json`. */
  toMembers(): Record<string, unknown> {
    return {
      outcome: this.outcome,
      reason: this.reason,
      environment: this.environment,
      checks: this.checks,
      certificate: this.#members,
      issuer: this.issuer,
      knowledge: this.knowledge,
      age_seconds: this.age_seconds,
      anchor: this.anchor,
    };
  }
}

const ALWAYS: readonly CheckName[] = CHECKS.slice(0, CHECKS.indexOf('recognition'));

function conclude(facts: Facts): [Outcome, string] {
  const { marks } = facts;
  const failed = CHECKS.find((name) => marks[name].outcome === 'fail');
  if (failed !== undefined) return ['INVALID', String(marks[failed].reason)];
  const unsettled = CHECKS.find((name) => marks[name].outcome === 'unknown');
  if (unsettled !== undefined) return ['INDETERMINATE', String(marks[unsettled].reason)];
  const isWhole =
    ALWAYS.every((name) => marks[name].outcome === 'pass') &&
    CHECKS.every((name) => marks[name].outcome !== 'skipped');
  if (!isWhole) {
    // No check said no, but one was not taken: that is a fault of this program, not a pass.
    facts.marks.freshness = unknown('internal');
    return ['INDETERMINATE', 'internal'];
  }
  return ['VALID', facts.marks.freshness.reason ?? 'ok'];
}
