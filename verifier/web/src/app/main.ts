// SPDX-License-Identifier: Apache-2.0
/** The page: header, notices, the screen in the middle, and the status line that is always there. */

import { atStart, take } from './fragment.ts'; // before everything else
import './style.css';
import * as ages from './ages.ts';
import { App } from './app.ts';
import { keepOffline, type Offline } from './app_update.ts';
import { DataScreen } from './data_screen.ts';
import { type Child, el, fill } from './dom.ts';
import { emptyGate, GateScreen } from './gate_screen.ts';
import { icon } from './icons.ts';
import { choose, language, mark, t } from './language.ts';
import { emptyState, ScanScreen } from './scan_screen.ts';
import type { Screen, ScreenName, Stage } from './screen.ts';
import { isMuted, mute, prepare } from './signal.ts';
import { shortcomings } from './surroundings.ts';
import { listen } from './wedge.ts';

const TICK = 30_000; // milliseconds: the age on the screen grows
const EVERY_HALF_HOUR = 1_800_000; // milliseconds

class Page implements Stage {
  readonly app = new App();
  readonly #header = el('header', {});
  readonly #notices = el('div', { id: 'notices' });
  readonly #main = el('main', { id: 'main' });
  readonly #status = el('footer', { id: 'status' });
  readonly #live = el('div', { class: 'sr-only', 'aria-live': 'assertive', role: 'alert' });
  #offline: Offline = { isReady: false, update: null };
  #name: ScreenName = 'scan';
  #screen: Screen | undefined;
  #scan = emptyState();
  readonly #gate = emptyGate();

  constructor(code: string) {
    this.#scan.text = code === '' ? null : code;
    document.body.prepend(this.#header, this.#notices, this.#main, this.#status, this.#live);
    this.app.watch(() => {
      this.#drawStatus();
      this.#drawNotices();
    });
    this.#draw();
    void this.app.open();
  }

  /** Draw everything again, in the language chosen. */
  #draw(): void {
    mark();
    const other = language() === 'zh' ? 'en' : 'zh';
    fill(
      this.#header,
      el('p', { class: 'brand' }, icon('valid'), t('brand')),
      el('button', {
        type: 'button', class: 'quiet', id: 'sound', 'aria-label': t(isMuted() ? 'unmute' : 'mute'),
        click: () => {
          mute(!isMuted());
          this.#draw();
        },
      }, icon(isMuted() ? 'mute' : 'sound')),
      el('button', {
        type: 'button', class: 'quiet', id: 'language', lang: other === 'zh' ? 'zh-CN' : 'en',
        click: () => {
          choose(other);
          this.#draw();
        },
      }, t('otherLanguage')),
    );
    this.#drawScreen();
    this.#drawStatus();
    this.#drawNotices();
  }

  #drawScreen(): void {
    this.#screen?.close?.();
    this.#screen = this.#make();
    fill(
      this.#main,
      this.#name !== 'scan' && el('button', { type: 'button', class: 'quiet back', id: 'home', click: () => this.home() }, `‹ ${t('home')}`),
      this.#screen.element,
    );
  }

  #make(): Screen {
    switch (this.#name) {
      case 'scan':
        return new ScanScreen(this, this.#scan);
      case 'gate':
        return new GateScreen(this, this.#gate);
      case 'data':
        return new DataScreen(this);
    }
  }

  show(name: ScreenName): void {
    if (name !== this.#name && name !== 'scan') history.pushState({ screen: name }, '');
    this.#name = name;
    this.#drawScreen();
    scrollTo(0, 0);
    this.#main.querySelector<HTMLElement>('h1')?.focus();
  }

  home(): void {
    if ((history.state as { screen?: string } | null)?.screen !== undefined) history.back();
    else this.show('scan');
  }

  /** The browser's own way back. */
  back(state: unknown): void {
    const name = (state as { screen?: ScreenName } | null)?.screen ?? 'scan';
    if (name !== this.#name) this.show(name);
  }

  announce(text: string): void {
    this.#live.textContent = '';
    // A change inside one task may be taken for none.
    setTimeout(() => {
      this.#live.textContent = text;
    }, 50);
  }

  reading(text: string): void {
    this.#screen?.reading?.(text);
  }

  /** A code that arrived by the address of a page that is already open. */
  arrived(text: string): void {
    if (text === '') return;
    this.#scan = { ...emptyState(), text };
    this.#name = 'scan';
    this.#drawScreen();
  }

  offline(offline: Offline): void {
    this.#offline = offline;
    this.#drawStatus();
    this.#drawNotices();
  }

  tick(): void {
    this.#drawStatus();
  }

  #drawStatus(): void {
    const { app } = this;
    const { knowledge, anchor } = app;
    const age = app.ageNow();
    const grade = knowledge === null ? 'expired' : ages.grade(age);
    const known = app.refreshing
      ? `${t('refreshing')} ${Math.round(app.progress * 100)}%`
      : knowledge === null ? t('noKnowledge') : ages.age(age);
    fill(
      this.#status,
      el('p', { class: `age ${grade}`, id: 'age', 'data-grade': grade }, `${t('age')} `, el('strong', {}, known)),
      el('p', { id: 'anchor-shown', class: 'anchor', title: anchor ?? '' }, `${t('anchor')} `, anchor === null ? t('anchorNone') : `${anchor.slice(0, 23)}…`),
      el(
        'p',
        { class: 'version' },
        `${t('version')} ${__VERSION__}`,
        ' · ',
        t(this.#offline.isReady ? 'offlineReady' : 'offlineNot'),
        !navigator.onLine && ` · ${t('offlineNow')}`,
      ),
      this.#name !== 'data' && el('button', { type: 'button', class: 'quiet', id: 'data', click: () => this.show('data') }, t('dataTitle')),
    );
  }

  #drawNotices(): void {
    const { app } = this;
    const notices: Child[] = shortcomings().map((line) => el('p', { class: 'notice warn' }, line));
    if (app.anchorNews === 'first') {
      notices.push(notice('anchor-first', t('firstAnchor'), el('code', { class: 'anchor' }, app.anchor), button(t('understood'), () => app.dismissAnchorNews())));
    }
    if (app.anchorNews === 'missing' && app.anchor === null) notices.push(notice('anchor-missing', t('anchorMissing')));
    if (app.anchorNews === 'changed' && app.offered !== null) {
      const { offered } = app;
      notices.push(
        notice(
          'anchor-changed',
          t('anchorChanged'),
          el('p', {}, `${t('anchorRemembered')} `, el('code', { class: 'anchor' }, app.anchor)),
          el('p', {}, `${t('anchorOffered')} `, el('code', { class: 'anchor' }, offered)),
          button(t('anchorKeep'), () => app.dismissAnchorNews(), 'anchor-keep'),
          button(t('anchorAccept'), () => void app.setAnchor(offered), 'anchor-accept'),
        ),
      );
    }
    if (app.keptBad) notices.push(notice('kept-bad', t('keptBad')));
    const { problem } = app;
    // Without a network is the normal case: no word of it while what is known is young.
    const isQuiet = problem?.startsWith('fetch.') === true && ages.grade(app.ageNow()) === 'fresh';
    if (problem !== null && !app.refreshing && !isQuiet && !app.keptBad) {
      notices.push(notice('problem', t(problem.startsWith('fetch.') ? 'refreshFailed' : 'refreshRefused', problem)));
    }
    if (app.knowledge?.kept === false) notices.push(notice('not-kept', t('notKept')));
    if (this.#offline.update !== null) {
      notices.push(notice('update', t('updateReady'), button(t('updateNow'), this.#offline.update, 'update-now')));
    }
    fill(this.#notices, ...notices);
  }
}

function notice(id: string, text: string, ...more: readonly Child[]): HTMLElement {
  return el('div', { class: 'notice warn', id: `notice-${id}`, role: 'status' }, el('p', {}, text), ...more);
}

function button(text: string, act: () => void, id?: string): HTMLElement {
  return el('button', { type: 'button', id, click: act }, text);
}

prepare();
const page = new Page(atStart);
addEventListener('hashchange', () => page.arrived(take()));
addEventListener('popstate', (event) => page.back(event.state));
addEventListener('online', () => void page.app.refresh());
addEventListener('offline', () => page.tick());
listen((text) => page.reading(text));
setInterval(() => page.tick(), TICK);
setInterval(() => {
  if (document.visibilityState === 'visible' && navigator.onLine) void page.app.refresh();
}, EVERY_HALF_HOUR);

// After the first paint: the code reader and the copy for offline.
addEventListener('load', () => {
  setTimeout(() => {
    void keepOffline((offline) => page.offline(offline));
    void page.app.reader.prepare();
    void navigator.storage?.persist?.();
  }, 0);
});
