// SPDX-License-Identifier: Apache-2.0
/**
 * The running list of a gate: who came, what the verdict was, who came twice. It lives in the page's
 * memory and nowhere else. Adding to it takes the same time for the first and for the thousandth.
 */

import type { Outcome } from '../judge/protocol.ts';
import * as ages from './ages.ts';
import * as csv from './csv.ts';
import { t, word } from './language.ts';
import { advice, environmentWord, type Shown, title } from './verdict_view.ts';

export interface Entry {
  readonly shown: Shown;
  /** When the same certificate came first; null for a first time. */
  readonly first: Date | null;
}

export interface Counts {
  VALID: number;
  INVALID: number;
  INDETERMINATE: number;
  repeated: number;
}

export class GateList {
  readonly #entries: Entry[] = [];
  readonly #firsts = new Map<string, Date>();
  readonly counts: Counts = { VALID: 0, INVALID: 0, INDETERMINATE: 0, repeated: 0 };

  get length(): number {
    return this.#entries.length;
  }

  /** Append a verdict; a certificate that has been here is marked. */
  add(text: string, shown: Shown): Entry {
    const key = keyOf(text, shown);
    const first = this.#firsts.get(key) ?? null;
    if (first === null) this.#firsts.set(key, shown.at);
    else this.counts.repeated++;
    return this.#append({ shown, first });
  }

  /** Put a second look at the last one, with the person's number, in the place of the first. */
  amend(shown: Shown): Entry {
    const last = this.#entries.pop();
    if (last !== undefined) this.counts[last.shown.answer.verdict.outcome]--;
    return this.#append({ shown, first: last?.first ?? null });
  }

  #append(entry: Entry): Entry {
    this.#entries.push(entry);
    this.counts[entry.shown.answer.verdict.outcome]++;
    return entry;
  }

  /** The last ones, newest first. */
  latest(most: number): readonly Entry[] {
    return this.#entries.slice(-most).reverse();
  }

  clear(): void {
    this.#entries.length = 0;
    this.#firsts.clear();
    Object.assign(this.counts, { VALID: 0, INVALID: 0, INDETERMINATE: 0, repeated: 0 });
  }

  /** Heading and a row for each, oldest first. */
  table(): string[][] {
    const heading = [
      t('listTime'), t('listOutcome'), t('listNote'), t('reasonCode'), word('labels', 'name'),
      word('labels', 'occupation'), word('labels', 'level'), word('labels', 'certificate_number'),
      word('labels', 'issuer'), word('labels', 'evaluated_on'), word('labels', 'knowledge'),
    ];
    return [heading, ...this.#entries.map(rowOf)];
  }

  toCsv(): string {
    return csv.write(this.table());
  }
}

function rowOf(entry: Entry): string[] {
  const { verdict } = entry.shown.answer;
  const claims = verdict.certificate;
  return [
    `${ages.moment(entry.shown.at)}:${String(entry.shown.at.getSeconds()).padStart(2, '0')}`,
    word('outcomes', verdict.outcome),
    note(entry),
    verdict.reason,
    claims?.name ?? '',
    claims === null ? '' : claims.occupation.name + (claims.occupation.trade ? `（${claims.occupation.trade}）` : ''),
    claims?.level === undefined ? '' : word('levels', claims.level),
    claims?.certificate_number ?? '',
    verdict.issuer?.name ?? '',
    claims?.evaluated_on ?? '',
    verdict.knowledge ?? '',
  ];
}

/** In few words: what kind of verdict, whether the person was compared, whether it came twice. */
export function note({ shown, first }: Entry): string {
  const { verdict, onRoster } = shown.answer;
  const holder = verdict.checks.find((check) => check.name === 'holder');
  return [
    environmentWord(verdict.environment),
    verdict.outcome === 'VALID' ? '' : title(verdict),
    verdict.outcome === 'INDETERMINATE' ? advice(shown.answer)[0] : '',
    holder?.outcome === 'pass' ? t('holderMatched') : '',
    onRoster === null ? '' : t(onRoster ? 'onRoster' : 'notOnRoster'),
    first === null ? '' : t('repeated', ages.clock(first)),
  ].filter(Boolean).join('；');
}

/** The certificate, where its signature held; else the text itself. */
function keyOf(text: string, { answer }: Shown): string {
  const claims = answer.verdict.certificate;
  return claims === null ? text : `${claims.iss} ${claims.kind} ${claims.certificate_number}`;
}

export function outcomeOf(entry: Entry): Outcome {
  return entry.shown.answer.verdict.outcome;
}
