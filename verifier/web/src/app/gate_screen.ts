// SPDX-License-Identifier: Apache-2.0
/**
 * Gate mode: settings first, then code after code, with the person's number before or after each, and
 * a running list. Nothing of it is written anywhere unless somebody exports it.
 */

import type { Question } from '../judge/protocol.ts';
import * as ages from './ages.ts';
import { Camera } from './camera.ts';
import { CameraView } from './camera_view.ts';
import { documentForm } from './document_form.ts';
import { el, fill } from './dom.ts';
import { type Entry, GateList, note } from './gate_list.ts';
import { gateSettings } from './gate_settings.ts';
import { familyOf } from './families.ts';
import { icon } from './icons.ts';
import { type Card, cardIn, masked } from './identity.ts';
import { t, word } from './language.ts';
import type { Screen, Stage } from './screen.ts';
import * as settings from './settings.ts';
import { signal } from './signal.ts';
import { announcement, type Shown, verdictView } from './verdict_view.ts';

const ROWS_SHOWN = 30; // in the page; all of them in the export
const STILL_HERE = 60_000; // milliseconds in which a number belongs to the code before it

/** What outlives a change of language: the list, the roster, the last code. */
export interface GateState {
  readonly list: GateList;
  running: boolean;
  roster: Question['roster'];
  rosterCount: number;
  last: { readonly text: string; readonly shown: Shown } | null;
  waiting: Card | null;
}

export function emptyGate(): GateState {
  return { list: new GateList(), running: false, roster: undefined, rosterCount: 0, last: null, waiting: null };
}

export class GateScreen implements Screen {
  readonly element = el('div', { class: 'gate' });
  readonly #stage: Stage;
  readonly #state: GateState;
  readonly #verdict = el('div', { class: 'gate-verdict' });
  readonly #waiting = el('div', { class: 'waiting', role: 'status' });
  readonly #counts = el('p', { class: 'counts', id: 'counts' });
  readonly #rows = el('ol', { class: 'rows', id: 'rows' });
  readonly #older = el('p', { class: 'hint' });
  #camera: CameraView | undefined;
  /** One judgement at a time, in the order of the scans. */
  #turn: Promise<void> = Promise.resolve();

  constructor(stage: Stage, state: GateState) {
    this.#stage = stage;
    this.#state = state;
    if (state.running) this.#drawRunning();
    else this.#drawSettings();
  }

  reading(text: string): void {
    if (!this.#state.running) return;
    const card = cardIn(text);
    if (card === null) this.#scan(text);
    else this.#person(card);
  }

  close(): void {
    this.#camera?.close();
    this.#camera = undefined;
  }

  #drawSettings(): void {
    this.close();
    this.#state.running = false;
    fill(
      this.element,
      gateSettings(this.#stage.app, this.#state, () => {
        this.#state.running = true;
        this.#drawRunning();
      }),
    );
  }

  #drawRunning(): void {
    const { app } = this.#stage;
    if (Camera.isThere) {
      this.#camera = new CameraView(app.reader, (text) => this.#scan(text), () => this.close());
    }
    fill(
      this.element,
      el(
        'div',
        { class: 'gate-bar' },
        el('p', { class: 'asked' }, `${t('region')} ${app.region}`, ' · ', this.#demandInWords()),
        el('button', { type: 'button', class: 'quiet', id: 'gate-settings', click: () => this.#drawSettings() }, t('gateSettings')),
      ),
      this.#camera?.element,
      documentForm((card) => this.#person(card)),
      this.#waiting,
      this.#verdict,
      el(
        'section',
        { class: 'list', 'aria-labelledby': 'list-title' },
        el('h2', { id: 'list-title' }, t('listTitle')),
        this.#counts,
        el(
          'div',
          { class: 'actions' },
          el('button', { type: 'button', id: 'export', click: () => this.#export() }, t('exportCsv')),
          el('button', { type: 'button', id: 'print', click: () => this.#print() }, t('print')),
          this.#clearButton(),
        ),
        this.#rows,
        this.#older,
      ),
    );
    this.#drawWaiting();
    this.#drawLast();
    this.#drawList();
  }

  #demandInWords(): string {
    const [kind, occupation, level] = (settings.read('demand') ?? '').split('/');
    if (!kind || !occupation) return t('demandNone');
    return [word('kinds', kind), settings.read('demandName') ?? occupation, level ? `≥ ${word('levels', level)}` : t('anyLevel')].join(' ');
  }

  #scan(text: string): void {
    this.#inTurn(async () => {
      const card = this.#state.waiting ?? undefined;
      this.#state.waiting = null;
      const shown = await this.#check(text, card);
      this.#told(text, this.#state.list.add(text, shown));
    });
  }

  /** A number belongs to the code just scanned, if that has none yet; else to the next code. */
  #person(card: Card): void {
    this.#inTurn(async () => {
      const { last } = this.#state;
      const isFresh = last !== null && Date.now() - last.shown.at.getTime() < STILL_HERE;
      if (last === null || !isFresh || last.shown.compared !== undefined) {
        this.#state.waiting = card;
        this.#state.last = null;
        this.#drawWaiting();
        this.#drawLast();
        this.#stage.announce(t('waitingFor', masked(card.document)));
        return;
      }
      const shown = await this.#check(last.text, card);
      this.#told(last.text, this.#state.list.amend(shown), true);
    });
  }

  async #check(text: string, card: Card | undefined): Promise<Shown> {
    const demand = settings.read('demand') ?? undefined;
    return this.#stage.app.check(text, { card, demand, roster: this.#state.roster });
  }

  #inTurn(act: () => Promise<void>): void {
    this.#turn = this.#turn.then(act, act);
  }

  #told(text: string, entry: Entry, isAmended = false): void {
    this.#state.last = { text, shown: { ...entry.shown, first: entry.first } };
    this.#drawWaiting();
    this.#drawLast();
    if (isAmended) this.#rows.firstElementChild?.remove();
    this.#rows.prepend(row(entry));
    if (this.#rows.childElementCount > ROWS_SHOWN) this.#rows.lastElementChild?.remove();
    this.#drawCounts();
    signal(entry.shown.answer.verdict.outcome);
    this.#stage.announce(announcement(entry.shown));
  }

  #drawLast(): void {
    const { last } = this.#state;
    if (last === null) fill(this.#verdict, el('p', { class: 'ready' }, t('readyToScan')));
    else fill(this.#verdict, verdictView(last.shown));
  }

  #drawWaiting(): void {
    const card = this.#state.waiting;
    if (card === null) {
      fill(this.#waiting);
      return;
    }
    const cancel = (): void => {
      this.#state.waiting = null;
      this.#drawWaiting();
    };
    fill(
      this.#waiting,
      el('p', {}, t('waitingFor', [card.name, masked(card.document)].filter(Boolean).join(' '))),
      el('button', { type: 'button', class: 'quiet', click: cancel }, t('cancel')),
    );
  }

  #drawList(): void {
    fill(this.#rows, ...this.#state.list.latest(ROWS_SHOWN).map(row));
    this.#drawCounts();
  }

  #drawCounts(): void {
    const { list } = this.#state;
    const { VALID, INVALID, INDETERMINATE, repeated } = list.counts;
    this.#counts.textContent = list.length === 0 ? t('listEmpty') : t('counts', VALID, INVALID, INDETERMINATE, repeated);
    const older = list.length - ROWS_SHOWN;
    this.#older.textContent = older > 0 ? t('olderRows', older) : '';
  }

  #clearButton(): HTMLElement {
    const button = el('button', {
      type: 'button',
      id: 'clear',
      click: () => {
        if (button.dataset['sure'] === undefined) {
          button.dataset['sure'] = '';
          button.textContent = t('clearSure');
          return;
        }
        this.#state.list.clear();
        this.#state.last = null;
        this.#drawRunning();
      },
    }, t('clearList'));
    return button;
  }

  #export(): void {
    const file = new Blob([this.#state.list.toCsv()], { type: 'text/csv;charset=utf-8' });
    const url = URL.createObjectURL(file);
    const day = new Date().toISOString().slice(0, 16).replace(/[^0-9]/g, '');
    el('a', { href: url, download: `skillseal-${day}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  #print(): void {
    const [heading, ...rows] = this.#state.list.table();
    const sheet = el(
      'div',
      { id: 'sheet' },
      el('h1', {}, `${t('gateTitle')} · ${t('printedAt', ages.moment(new Date()))}`),
      el('p', {}, this.#counts.textContent),
      el(
        'table',
        {},
        el('thead', {}, el('tr', {}, ...(heading ?? []).map((cell) => el('th', {}, cell)))),
        el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((cell) => el('td', {}, cell))))),
      ),
    );
    document.body.append(sheet);
    addEventListener('afterprint', () => sheet.remove(), { once: true });
    print();
  }
}

function row(entry: Entry): HTMLLIElement {
  const { verdict } = entry.shown.answer;
  const family = familyOf(verdict.outcome, verdict.reason);
  const claims = verdict.certificate;
  return el(
    'li',
    { class: family, 'data-row': verdict.outcome, 'data-repeated': entry.first !== null },
    icon(family),
    el(
      'div',
      {},
      el('p', {}, el('strong', {}, claims?.name ?? word('outcomes', verdict.outcome)), ' ', claims?.occupation.name),
      el('p', { class: 'note' }, [ages.clock(entry.shown.at), word('outcomes', verdict.outcome), note(entry)].filter(Boolean).join(' · ')),
    ),
  );
}
