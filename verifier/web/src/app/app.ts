// SPDX-License-Identifier: Apache-2.0
/**
 * What every screen of the page shares: the judge, the reader, the anchor, the region, and the one way
 * from a text to a verdict.
 *
 * The anchor is what the operator put beside the page. It is remembered at the first load; afterwards
 * another one beside the page changes nothing until somebody who sees both says so.
 */

import type { Answer, Knowledge, Question, State, VerdictMembers } from '../judge/protocol.ts';
import { type Card, masked } from './identity.ts';
import { Judge } from './judge.ts';
import { Reader } from './reader.ts';
import * as settings from './settings.ts';
import type { Shown } from './verdict_view.ts';

const ANCHOR = /^[1-9][0-9]{5}:[0-9a-f]{64}$/;
const REGION = /^[1-9][0-9]{5}$/;
const ANCHOR_FILE = 'anchor.json';
const FRESH_ENOUGH = 3600; // seconds: younger knowledge is not refreshed unasked

export type Refreshed = 'refreshed' | 'unchanged' | 'failed' | 'refused';
export type AnchorNews = 'none' | 'first' | 'changed' | 'missing';

/** What to ask beside the text. */
export interface Asked {
  readonly card?: Card | undefined;
  readonly demand?: string | undefined;
  readonly roster?: Question['roster'];
}

export class App {
  readonly judge = new Judge();
  readonly reader = new Reader();
  anchor = remembered();
  /** Another anchor than the one remembered, which the site gives now. */
  offered: string | null = null;
  anchorNews: AnchorNews = 'none';
  knowledge: Knowledge | null = null;
  /** Why what was kept, or what arrived last, is not used. */
  problem: string | null = null;
  /** What was kept did not hold, and nothing has come in its place. */
  keptBad = false;
  refreshing = false;
  /** How far the refresh has come, from 0 to 1. */
  progress = 0;
  readonly #watchers = new Set<() => void>();
  #opened: Promise<void> | undefined;

  constructor() {
    this.judge.onprogress = (share) => {
      this.progress = share;
      this.#changed();
    };
  }

  /** Hear of every change of what is known. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Where certificates are to be used: the anchor's region, or a narrower one that was chosen. */
  get region(): string {
    const home = this.anchor?.slice(0, 6) ?? '';
    const chosen = settings.read('region');
    return chosen !== null && this.isOurs(chosen) ? chosen : home;
  }

  isOurs(region: string): boolean {
    const home = (this.anchor?.slice(0, 6) ?? '').replace(/(?:00)+$/, '');
    return REGION.test(region) && home !== '' && region.startsWith(home);
  }

  /** Get ready once: the anchor, then what is kept, then, unasked, what is new. */
  async open(): Promise<void> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<void> {
    if (this.anchor === null) await this.#learnAnchor();
    else void this.#learnAnchor();
    await this.#load();
    if (this.knowledge === null) await this.refresh();
    else if (this.ageNow() > FRESH_ENOUGH) void this.refresh();
  }

  async #load(): Promise<void> {
    try {
      const state = await this.judge.ask('open', { base: base(), anchor: this.anchor });
      this.keptBad = state.problem !== null;
      this.#take(state);
    } catch {
      this.problem = 'internal';
      this.#changed();
    }
  }

  /** Read the file beside the page; what it says is taken unasked only the first time. */
  async #learnAnchor(): Promise<void> {
    const offered = await offeredAnchor();
    if (this.anchor === null) {
      this.anchor = offered;
      this.anchorNews = offered === null ? 'missing' : 'first';
      if (offered !== null) settings.write('anchor', offered);
    } else if (offered !== null && offered !== this.anchor) {
      [this.offered, this.anchorNews] = [offered, 'changed'];
    }
    this.#changed();
  }

  /** Change the anchor: only ever because a person said so. What was known under the old one goes. */
  async setAnchor(anchor: string): Promise<boolean> {
    if (!ANCHOR.test(anchor)) return false;
    this.anchor = anchor;
    settings.write('anchor', anchor);
    settings.write('region', null);
    [this.offered, this.anchorNews] = [null, 'none'];
    await this.judge.ask('forget', null);
    await this.#load();
    await this.refresh();
    return true;
  }

  dismissAnchorNews(): void {
    this.anchorNews = 'none';
    this.#changed();
  }

  async refresh(): Promise<Refreshed> {
    if (this.refreshing) return 'unchanged';
    if (this.anchor === null) {
      await this.#learnAnchor();
      if (this.anchor === null) return 'failed';
      await this.#load();
    }
    [this.refreshing, this.progress] = [true, 0];
    this.#changed();
    try {
      return this.#arrived(await this.judge.ask('refresh', null));
    } catch {
      this.problem = 'internal';
      return 'failed';
    } finally {
      this.refreshing = false;
      this.#changed();
    }
  }

  /** Take a snapshot out of a file. */
  async load(file: Blob): Promise<Refreshed> {
    try {
      const data = new Uint8Array(await file.arrayBuffer());
      return this.#arrived(await this.judge.ask('load', data));
    } catch {
      return 'failed';
    }
  }

  async forget(): Promise<void> {
    this.#take(await this.judge.ask('forget', null));
  }

  /** Judge a text: always an answer, and never a pass where something broke. */
  async check(text: string, asked: Asked = {}): Promise<Shown> {
    const at = new Date();
    const compared = asked.card === undefined ? undefined : masked(asked.card.document);
    const rest = { at, compared, cardName: asked.card?.name };
    try {
      await this.open();
      const question: Question = {
        text: tidied(text),
        at: at.getTime() / 1000,
        region: this.region,
        ...(asked.card === undefined ? {} : { document: asked.card.document }),
        ...(asked.demand === undefined ? {} : { demand: asked.demand }),
        ...(asked.roster === undefined ? {} : { roster: asked.roster }),
      };
      const answer: unknown = await this.judge.ask('verify', question);
      return { answer: isAnswer(answer) ? answer : broken(), ...rest };
    } catch {
      return { answer: broken(), ...rest };
    }
  }

  /** Seconds since everything was settled. */
  ageNow(): number {
    return this.knowledge === null ? Infinity : Date.now() / 1000 - this.knowledge.until;
  }

  #arrived(state: State & { changed: boolean }): Refreshed {
    this.#take(state);
    const { problem, changed } = state;
    if (problem === null) return changed ? 'refreshed' : 'unchanged';
    return problem.startsWith('fetch.') || problem === 'anchor.none' ? 'failed' : 'refused';
  }

  #take({ knowledge, problem }: State): void {
    [this.knowledge, this.problem] = [knowledge, problem];
    if (knowledge !== null) this.keptBad = false;
    this.#changed();
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** Where the page's own files are. */
export function base(): string {
  return new URL(import.meta.env.BASE_URL, location.origin).href;
}

function remembered(): string | null {
  const anchor = settings.read('anchor');
  return anchor !== null && ANCHOR.test(anchor) ? anchor : null;
}

async function offeredAnchor(): Promise<string | null> {
  try {
    const answer = await fetch(new URL(ANCHOR_FILE, base()), { cache: 'no-store', credentials: 'omit' });
    if (!answer.ok) return null;
    const { anchor } = (await answer.json()) as { anchor?: unknown };
    return typeof anchor === 'string' && ANCHOR.test(anchor) ? anchor : null;
  } catch {
    return null;
  }
}

/** A code has no line end; the text form has one after each line (docs/format.md §4.5). */
function tidied(text: string): string {
  const lines = text.replaceAll('\r\n', '\n');
  return lines.startsWith('eyJ') ? lines : lines.replace(/\n+$/, '');
}

/** Whether the judge said what can be shown: a worker that was tampered with may say anything. */
function isAnswer(answer: unknown): answer is Answer {
  const verdict = (answer as Answer | null)?.verdict;
  if (!Array.isArray(verdict?.checks) || typeof verdict.reason !== 'string') return false;
  return ['VALID', 'INVALID', 'INDETERMINATE'].includes(verdict.outcome);
}

/** What is shown when the judge itself broke: nothing can be told. */
function broken(): Answer {
  const verdict: VerdictMembers = {
    outcome: 'INDETERMINATE',
    reason: 'internal',
    environment: null,
    checks: [],
    certificate: null,
    issuer: null,
    knowledge: null,
    age_seconds: null,
    anchor: null,
  };
  return { verdict, onRoster: null, withoutData: false };
}
