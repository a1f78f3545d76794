// SPDX-License-Identifier: Apache-2.0
/**
 * A verdict as the person at the gate reads it, from an arm's length and in sunlight:
 *
 *     icon, word and colour      of the outcome, and what kind of refusal it is
 *     who, what, by whom, when   out of the signed certificate, larger than anything else
 *     what to do next            one sentence
 *     how old the knowledge is
 *     every check                on demand
 *
 * Nothing is claimed about a certificate whose signature did not hold: then there is nothing to show.
 */

import type { Answer, CheckMembers, VerdictMembers } from '../judge/protocol.ts';
import * as ages from './ages.ts';
import { type Child, el } from './dom.ts';
import { type Family, familyOf } from './families.ts';
import { icon } from './icons.ts';
import { explain, t, word } from './language.ts';
import type { Text } from './language.ts';

export interface Shown {
  readonly answer: Answer;
  readonly at: Date;
  /** The number that was compared, masked. */
  readonly compared?: string | undefined;
  /** The name that an ID-card reader gave. */
  readonly cardName?: string | undefined;
  /** When the same certificate came first to this gate. */
  readonly first?: Date | null | undefined;
}

/** The signature holds, and what is signed cannot be so. */
const CONTRADICTORY = new Set(['number.inconsistent', 'dates.not_yet', 'dates.backdated']);

const ROUTES: Readonly<Record<string, Text>> = {
  examination: 'routeExamination',
  direct_recognition: 'routeDirect',
  exceptional_promotion: 'routePromotion',
  competition: 'routeCompetition',
};

/** The short words under the outcome. */
export function title(verdict: VerdictMembers): string {
  const family = familyOf(verdict.outcome, verdict.reason);
  if (verdict.reason === 'freshness.stale') return t('old');
  if (verdict.reason === 'holder.malformed') return t('holderMalformed');
  if (verdict.outcome === 'INVALID' && CONTRADICTORY.has(verdict.reason)) return t('contradictory');
  return t(family);
}

/** What was found and what to do next. */
export function advice(answer: Answer): readonly [meaning: string, next: string] {
  const { outcome, reason } = answer.verdict;
  if (answer.withoutData && outcome === 'INDETERMINATE') return [t('noDataMeaning'), t('noDataNext')];
  return explain(reason, outcome);
}

/** What a screen reader says as soon as there is a verdict. */
export function announcement({ answer }: Shown): string {
  const { verdict } = answer;
  const claims = verdict.certificate;
  const [meaning, next] = advice(answer);
  return [
    environmentWord(verdict.environment),
    word('outcomes', verdict.outcome),
    title(verdict),
    claims?.name,
    claims?.occupation.name,
    claims?.level === undefined ? undefined : word('levels', claims.level),
    meaning,
    next,
  ].filter(Boolean).join('。');
}

export function environmentWord(environment: string | null): string {
  if (environment === null || environment === 'production') return '';
  return environment === 'demo' ? t('environmentDemo') : t('environmentTest');
}

/** Draw it. `actions` stand under the advice, where a thumb reaches them. */
export function verdictView(shown: Shown, ...actions: readonly Child[]): HTMLElement {
  const { answer } = shown;
  const { verdict } = answer;
  const family: Family = familyOf(verdict.outcome, verdict.reason);
  const [meaning, next] = advice(answer);
  const environment = environmentWord(verdict.environment);
  return el(
    'section',
    {
      id: 'verdict',
      class: `verdict ${family}${verdict.reason === 'freshness.stale' ? ' old' : ''}`,
      'data-outcome': verdict.outcome,
      'data-reason': verdict.reason,
      'data-family': family,
      'aria-labelledby': 'verdict-word',
      tabindex: -1,
    },
    el(
      'div',
      { class: 'banner' },
      icon(family),
      el(
        'div',
        {},
        el('h1', { id: 'verdict-word', class: 'word' }, word('outcomes', verdict.outcome)),
        el('p', { class: 'title' }, title(verdict)),
      ),
    ),
    environment !== '' &&
      el('p', { class: 'environment' }, `${environment} · ${word('labels', 'environment')}`),
    environment !== '' && el('div', { class: 'watermark', 'aria-hidden': 'true' }, `${environment} `.repeat(60)),
    claims(verdict),
    notes(shown),
    el('p', { class: 'meaning' }, meaning),
    el('p', { class: 'next' }, el('strong', {}, `${t('next')} `), next),
    el('div', { class: 'actions' }, ...actions),
    el('p', { class: `knowledge ${knowledgeGrade(verdict)}` }, knowledge(verdict)),
    facts(shown),
    checks(verdict.checks),
  );
}

/** The signed content, large. */
function claims(verdict: VerdictMembers): HTMLElement | null {
  const { certificate, issuer } = verdict;
  if (certificate === null) return null;
  const { occupation } = certificate;
  const row = (name: string, ...value: readonly Child[]): HTMLElement =>
    el('div', { class: name, 'data-claim': name }, el('dt', {}, word('labels', name)), el('dd', { lang: 'zh-CN' }, ...value));
  const level = (value: string): HTMLElement => {
    const made = row('level', word('levels', value));
    made.lastElementChild?.removeAttribute('lang'); // this is in the page's language
    return made;
  };
  return el(
    'dl',
    { class: 'claims' },
    row('name', certificate.name),
    row('occupation', occupation.name, occupation.trade === undefined ? null : `（${occupation.trade}）`),
    certificate.level === undefined ? null : level(certificate.level),
    row('issuer', issuer?.name ?? certificate.iss),
    row('evaluated_on', certificate.evaluated_on),
  );
}

/** What the person at the gate should know beside the verdict. */
function notes({ answer, compared, cardName, first }: Shown): HTMLElement | null {
  const { verdict } = answer;
  const lines: Child[] = [];
  if (first instanceof Date) lines.push(el('li', { class: 'warn' }, t('repeated', ages.clock(first))));
  const standing = verdict.issuer?.standing_now;
  if (standing !== undefined && standing !== 'active') {
    lines.push(el('li', {}, t('standingNow', word('standings', standing))));
  }
  if (answer.onRoster === false) lines.push(el('li', { class: 'warn' }, t('notOnRoster')));
  if (answer.onRoster === true) lines.push(el('li', {}, t('onRoster')));
  if (compared !== undefined && verdict.certificate !== null) {
    lines.push(el('li', {}, t('comparedWith', compared)));
  }
  if (cardName !== undefined && verdict.certificate !== null && cardName !== verdict.certificate.name) {
    lines.push(el('li', { class: 'warn' }, t('nameDiffers', cardName)));
  }
  return lines.length === 0 ? null : el('ul', { class: 'notes' }, ...lines);
}

function knowledge(verdict: VerdictMembers): string {
  const { knowledge: until, age_seconds: seconds } = verdict;
  if (until === null || seconds === null) return t('noKnowledge');
  return t('asOf', ages.moment(new Date(until)), ages.age(seconds));
}

function knowledgeGrade(verdict: VerdictMembers): string {
  return verdict.age_seconds === null ? 'expired' : ages.grade(verdict.age_seconds);
}

function facts({ answer, at }: Shown): HTMLElement {
  const { certificate, issuer, anchor, reason } = answer.verdict;
  const expires = certificate?.exp;
  const route = ROUTES[certificate?.route ?? ''];
  const rows: [string, string | null | undefined][] = [
    [word('labels', 'kind'), certificate && word('kinds', certificate.kind)],
    [word('labels', 'certificate_number'), certificate?.certificate_number],
    [word('labels', 'occupation'), certificate?.occupation.code],
    [t('route'), route && t(route)],
    [t('region'), certificate?.region],
    [word('labels', 'expires'), expires === undefined ? null : ages.moment(new Date(expires * 1000))],
    [word('labels', 'issuer'), issuer && `${issuer.name} ${issuer.id}`],
    [word('labels', 'filing'), issuer?.filing],
    [word('labels', 'standing_now'), issuer && word('standings', issuer.standing_now)],
    [word('labels', 'recognition'), issuer?.recognition],
    [word('labels', 'anchor'), anchor],
    [t('checkedAt'), ages.moment(at)],
    [t('reasonCode'), reason],
  ];
  return el(
    'details',
    { class: 'more' },
    el('summary', {}, t('moreFacts')),
    el(
      'dl',
      {},
      ...rows
        .filter((row): row is [string, string] => Boolean(row[1]))
        .map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, value))),
    ),
  );
}

const MARK_ICONS = {
  pass: 'pass', fail: 'fail', unknown: 'question', not_asked: 'not_asked', skipped: 'skipped',
} as const;

function checks(all: readonly CheckMembers[]): HTMLElement {
  return el(
    'details',
    { class: 'checks' },
    el('summary', {}, t('allChecks', all.length)),
    el(
      'ul',
      {},
      ...all.map((check) =>
        el(
          'li',
          {
            'data-check': check.name,
            'data-outcome': check.outcome,
            'data-reason': check.reason ?? '',
            class: check.outcome,
          },
          icon(MARK_ICONS[check.outcome]),
          el('span', { class: 'what' }, word('checks', check.name)),
          el('span', { class: 'mark' }, word('marks', check.outcome)),
          check.reason !== null && el('span', { class: 'why' }, explain(check.reason, check.outcome)[0]),
          el('code', {}, [check.reason, check.detail].filter(Boolean).join(' · ')),
        ),
      ),
    ),
  );
}
