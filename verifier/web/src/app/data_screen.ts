// SPDX-License-Identifier: Apache-2.0
/** What this device knows and rests on: refresh, a snapshot out of a file, the region, the anchor. */

import * as ages from './ages.ts';
import type { Refreshed } from './app.ts';
import { type Child, el, fill } from './dom.ts';
import { t, word } from './language.ts';
import { regionField } from './region_field.ts';
import type { Screen, Stage } from './screen.ts';

export class DataScreen implements Screen {
  readonly element = el('div', { class: 'data settings' });
  readonly #stage: Stage;
  readonly #facts = el('dl', { class: 'facts' });
  readonly #status = el('p', { class: 'notice', role: 'status', id: 'data-status', hidden: true });
  readonly #unwatch: () => void;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#unwatch = stage.app.watch(() => this.#drawFacts());
    this.#draw();
    this.#drawFacts();
  }

  close(): void {
    this.#unwatch();
  }

  #draw(): void {
    const { app } = this.#stage;
    const region = regionField(app);
    const file = el('input', {
      type: 'file',
      id: 'snapshot-file',
      class: 'sr-only',
      accept: '.json,application/json',
      change: () => {
        const chosen = file.files?.[0];
        file.value = '';
        if (chosen !== undefined) void app.load(chosen).then((came) => this.#tell(came));
      },
    });
    fill(
      this.element,
      el('h1', { tabindex: -1 }, t('dataTitle')),
      this.#facts,
      this.#status,
      el(
        'div',
        { class: 'row' },
        el('button', { type: 'button', class: 'primary', id: 'refresh-now', click: () => void app.refresh().then((came) => this.#tell(came)) }, t('refresh')),
        el('label', { class: 'button', for: 'snapshot-file' }, t('loadFile'), file),
        this.#forgetButton(),
      ),
      el(
        'form',
        {
          submit: (event: SubmitEvent) => {
            event.preventDefault();
            const complaint = region.save();
            if (complaint === null) this.#stage.home();
            else this.#say(complaint);
          },
        },
        el('div', { class: 'row' }, region.element, el('button', { type: 'submit', id: 'region-save' }, t('anchorSet'))),
      ),
      this.#anchorForm(),
    );
  }

  #forgetButton(): HTMLElement {
    const button = el('button', {
      type: 'button',
      class: 'quiet',
      id: 'forget',
      click: () => {
        if (button.dataset['sure'] !== undefined) {
          void this.#stage.app.forget();
          delete button.dataset['sure'];
          this.#say(t('noDataMeaning'));
          return;
        }
        button.dataset['sure'] = '';
        this.#say(t('forgetSure'));
      },
    }, t('forget'));
    return button;
  }

  #anchorForm(): HTMLElement {
    const { app } = this.#stage;
    const field = el('input', { id: 'anchor', maxlength: 80, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off' });
    return el(
      'details',
      {},
      el('summary', {}, t('anchorPaste')),
      el(
        'form',
        {
          class: 'row',
          submit: (event: SubmitEvent) => {
            event.preventDefault();
            void app.setAnchor(field.value.trim()).then((isSet) => {
              if (!isSet) this.#say(t('anchorBad'));
            });
          },
        },
        el('label', {}, t('anchor'), field),
        el('button', { type: 'submit', id: 'anchor-set' }, t('anchorSet')),
      ),
    );
  }

  #drawFacts(): void {
    const { app } = this.#stage;
    const { knowledge, anchor } = app;
    const rows: [string, Child][] = [
      [t('anchor'), el('code', { class: 'anchor' }, anchor ?? t('anchorNone'))],
      [t('region'), app.region],
    ];
    if (knowledge !== null) {
      const until = t('asOf', ages.moment(new Date(knowledge.until * 1000)), ages.age(app.ageNow()));
      rows.push(
        [t('age'), until],
        [word('labels', 'expires'), ages.moment(new Date(knowledge.expires * 1000))],
        [t('rootAndSequence'), `${knowledge.version} · ${knowledge.sequence}`],
        [t('hosts'), knowledge.hosts.join(' ')],
        [t('peers'), knowledge.peers.join(' ') || '–'],
      );
      for (const [region, code] of Object.entries(knowledge.rejected)) rows.push(['!', t('rejectedPeer', region, code)]);
      if (!knowledge.kept) rows.push(['!', t('notKept')]);
    } else rows.push([t('age'), t('noKnowledge')]);
    fill(this.#facts, ...rows.map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, value))));
  }

  #tell(came: Refreshed): void {
    this.#say(outcomeText(came, this.#stage.app.problem));
  }

  #say(text: string): void {
    this.#status.hidden = false;
    this.#status.textContent = text;
  }
}

/** What to tell of a refresh. */
export function outcomeText(came: Refreshed, problem: string | null): string {
  switch (came) {
    case 'refreshed':
      return t('refreshed');
    case 'unchanged':
      return t('unchanged');
    case 'refused':
      return t('refreshRefused', problem ?? 'internal');
    case 'failed':
      return t('refreshFailed', problem ?? 'internal');
  }
}
