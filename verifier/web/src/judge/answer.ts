// SPDX-License-Identifier: Apache-2.0
/** One verdict, as the page shows it: plain members, ready to be sent. */

import * as carrier from '../core/credential/carrier.ts';
import type { Claims } from '../core/credential/certificate.ts';
import { SealError } from '../core/credential/errors.ts';
import type { IdentityNumber } from '../core/credential/identity_number.ts';
import { fold } from '../core/credential/name.ts';
import type { Snapshot } from '../core/credential/snapshot.ts';
import { CHECKS } from '../core/verifier/marks.ts';
import type { Verdict } from '../core/verifier/verdict.ts';
import { verify } from '../core/verifier/verify.ts';
import type { Answer, CertificateMembers, Question, VerdictMembers } from './protocol.ts';

/** Judge a text. Without a snapshot only what is no code at all can be told. */
export async function answer(asked: Question, snapshot: Snapshot | null): Promise<Answer> {
  if (snapshot === null) {
    return { verdict: withoutData(asked.text), onRoster: null, withoutData: true };
  }
  const { text, at, region, demand } = asked;
  const holder = asked.document === undefined ? null : documentOf(asked.document);
  const asking = { at, region, holder, demand: demand ?? null };
  const verdict = await verify(text, snapshot, asking);
  const { roster } = asked;
  if (roster === undefined || holder !== null || verdict.certificate === null) {
    return { verdict: members(verdict), onRoster: null, withoutData: false };
  }
  const { name, holderTag } = verdict.certificate;
  const tags = Object.hasOwn(roster, fold(name)) ? roster[fold(name)] : undefined;
  const [first] = tags ?? [];
  if (tags === undefined || first === undefined) {
    return { verdict: members(verdict), onRoster: false, withoutData: false };
  }
  // Of several people of one name any may be the one.
  const tag = holderTag !== null && tags.includes(holderTag) ? holderTag : first;
  const compared = await verify(text, snapshot, { ...asking, holder: tag });
  return { verdict: members(compared), onRoster: true, withoutData: false };
}

/** A number as typed: `<type>:<number>`, or a card's. The judge of the number is the core. */
export function documentOf(typed: string): IdentityNumber {
  const [, kind, rest] = /^\s*([1-4])\s*[:：](.*)$/su.exec(typed) ?? [];
  return kind === undefined ? [1, typed.trim()] : [Number(kind), (rest ?? '').trim()];
}

function members(verdict: Verdict): VerdictMembers {
  return {
    outcome: verdict.outcome,
    reason: verdict.reason,
    environment: verdict.environment,
    checks: verdict.checks,
    certificate: verdict.certificate === null ? null : claims(verdict.certificate),
    issuer: verdict.issuer,
    knowledge: verdict.knowledge,
    age_seconds: verdict.age_seconds,
    anchor: verdict.anchor,
  };
}

function claims(signed: Claims): CertificateMembers {
  const { trade, level, exp } = signed;
  return {
    iss: signed.iss,
    certificate_number: signed.certificateNumber,
    kind: signed.kind,
    name: signed.name,
    occupation: {
      code: signed.occupationCode,
      name: signed.occupationName,
      ...(trade === null ? {} : { trade }),
    },
    ...(level === null ? {} : { level }),
    route: signed.route,
    region: signed.region,
    evaluated_on: signed.evaluatedOn,
    ...(exp === null ? {} : { exp }),
  };
}

/** No data is no pass: a fault of the text itself, else unknown for want of anything recent. */
function withoutData(text: string): VerdictMembers {
  let refused: string | null = null;
  try {
    if (!carrier.isBare(text)) carrier.decode(text);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    refused = error.code;
  }
  const marks: Readonly<Record<string, readonly ['fail' | 'unknown', string]>> = {
    ...(refused === null ? {} : { carrier: ['fail', refused] }),
    freshness: ['unknown', 'freshness.expired'],
  };
  return {
    outcome: refused === null ? 'INDETERMINATE' : 'INVALID',
    reason: refused ?? 'freshness.expired',
    environment: null,
    checks: CHECKS.map((name) => {
      const [outcome, reason] = marks[name] ?? ['skipped', null];
      return { name, outcome, reason, detail: null };
    }),
    certificate: null,
    issuer: null,
    knowledge: null,
    age_seconds: null,
    anchor: null,
  };
}
