// SPDX-License-Identifier: Apache-2.0
/** What a gate asks: where, for which job, and of whom. Region and demand are remembered. */

import words from '../../../words.json' with { type: 'json' };
import type { Occupation } from '../judge/protocol.ts';
import type { App } from './app.ts';
import * as csv from './csv.ts';
import { el, fill } from './dom.ts';
import type { GateState } from './gate_screen.ts';
import { t, word } from './language.ts';
import { regionField } from './region_field.ts';
import { rosterOf } from './roster.ts';
import * as settings from './settings.ts';

const WITHOUT_LEVELS = new Set(['specialised_skill', 'special_operation', 'safety_competency', 'training_completion']);

export function gateSettings(app: App, state: GateState, start: () => void): HTMLElement {
  const problem = el('p', { class: 'notice', role: 'alert', hidden: true });
  const demand = new DemandFields();
  void app.open().then(async () => demand.offer(await app.judge.ask('occupations', null))).catch(() => undefined);
  const region = regionField(app);
  return el(
    'form',
    {
      class: 'settings',
      id: 'gate-form',
      submit: (event: SubmitEvent) => {
        event.preventDefault();
        const asked = demand.value();
        const complaint = region.save() ?? (asked === null ? t('demandBad') : null);
        if (complaint !== null) {
          problem.textContent = complaint;
          problem.hidden = false;
          return;
        }
        settings.write('demand', asked === '' ? null : asked);
        settings.write('demandName', asked === '' ? null : demand.name);
        start();
      },
    },
    el('h1', {}, t('gateTitle')),
    el('p', { class: 'lead' }, t('gateLead')),
    region.element,
    demand.element,
    rosterFields(app, state),
    problem,
    el('button', { type: 'submit', class: 'primary large', id: 'gate-start' }, t('gateStart')),
  );
}

/** Kind, occupation of the catalogue, and least level. */
class DemandFields {
  readonly element: HTMLElement;
  readonly #kind: HTMLSelectElement;
  readonly #occupation: HTMLInputElement;
  readonly #level: HTMLSelectElement;
  readonly #list = el('datalist', { id: 'occupations' });
  #known: readonly Occupation[] = [];

  constructor() {
    const [kind = '', occupation = '', level = ''] = (settings.read('demand') ?? '').split('/');
    this.#kind = el(
      'select',
      { id: 'demand-kind', change: () => this.#show() },
      el('option', { value: '' }, t('demandNone')),
      ...Object.keys(words.kinds).map((key) => el('option', { value: key, selected: key === kind }, word('kinds', key))),
    );
    this.#occupation = el('input', {
      id: 'demand-occupation', list: 'occupations', autocomplete: 'off', value: occupation, maxlength: 80,
    });
    this.#level = el(
      'select',
      { id: 'demand-level' },
      el('option', { value: '' }, t('anyLevel')),
      ...levels().map((key) => el('option', { value: key, selected: key === level }, word('levels', key))),
    );
    this.element = el(
      'fieldset',
      {},
      el('legend', {}, t('demandTitle')),
      el('label', {}, t('demandKind'), this.#kind),
      el('label', { class: 'needs-kind' }, t('demandOccupation'), this.#occupation, this.#list),
      el('label', { class: 'needs-kind needs-level' }, t('demandLevel'), this.#level),
    );
    this.#show();
  }

  /** Offer the catalogue's occupations. */
  offer(known: readonly Occupation[]): void {
    this.#known = known;
    fill(this.#list, ...known.map(({ code, name }) => el('option', { value: `${name} ${code}` })));
    const chosen = known.find(({ code }) => code === this.#occupation.value);
    if (chosen !== undefined) this.#occupation.value = `${chosen.name} ${chosen.code}`;
  }

  /** The demand as `verify` takes it; empty where there is none, null where it is no demand. */
  value(): string | null {
    const kind = this.#kind.value;
    if (kind === '') return '';
    const typed = this.#occupation.value.trim();
    const code = this.#known.find((one) => [`${one.name} ${one.code}`, one.name, one.code].includes(typed))?.code;
    if (code === undefined) return null;
    return `${kind}/${code}/${WITHOUT_LEVELS.has(kind) ? '' : this.#level.value}`;
  }

  /** The occupation's name, for people. */
  get name(): string {
    const typed = this.#occupation.value.trim();
    return this.#known.find((one) => typed.endsWith(one.code) || typed === one.name)?.name ?? typed;
  }

  #show(): void {
    this.element.classList.toggle('no-kind', this.#kind.value === '');
    this.element.classList.toggle('no-level', WITHOUT_LEVELS.has(this.#kind.value));
  }
}

/** The levels in rising order, which a JSON object does not keep for keys that are digits. */
function levels(): string[] {
  return ['apprentice', '5', '4', '3', '2', '1', 'special', 'chief'];
}

function rosterFields(app: App, state: GateState): HTMLElement {
  const status = el('p', { class: 'hint', id: 'roster-status', role: 'status' });
  const field = el('textarea', { id: 'roster', rows: 3, 'aria-label': t('roster'), spellcheck: 'false', autocomplete: 'off', maxlength: 2_000_000 });
  const tell = (): void => {
    status.textContent = state.roster === undefined ? '' : t('rosterReady', state.rosterCount);
  };
  const use = async (text: string): Promise<void> => {
    const { people, rows, refused } = rosterOf(text);
    field.value = '';
    status.textContent = t('rosterWorking', people.length);
    const made = await app.judge.ask('tags', people);
    [state.roster, state.rosterCount] = [made.tags, made.count];
    tell();
    const bad = [...refused, ...made.refused.map((at) => rows[at - 1] ?? 0)].sort((one, other) => one - other);
    if (bad.length > 0) status.append(' ', t('rosterRefused', bad.slice(0, 20).join('、')));
  };
  const failed = (): void => {
    status.textContent = t('nextUnknown');
  };
  const file = el('input', {
    type: 'file',
    id: 'roster-file',
    class: 'sr-only',
    accept: '.csv,.txt,text/csv,text/plain',
    change: () => {
      const chosen = file.files?.[0];
      file.value = '';
      if (chosen !== undefined) chosen.arrayBuffer().then((data) => use(csv.decode(data))).catch(failed);
    },
  });
  tell();
  return el(
    'fieldset',
    {},
    el('legend', {}, t('roster')),
    field,
    el(
      'div',
      { class: 'row' },
      el('button', { type: 'button', id: 'roster-use', 'aria-controls': 'roster-status', click: () => void use(field.value).catch(failed) }, t('rosterUse')),
      el('label', { class: 'button', for: 'roster-file' }, t('rosterFile'), file),
      el(
        'button',
        {
          type: 'button',
          class: 'quiet',
          click: () => {
            [state.roster, state.rosterCount] = [undefined, 0];
            field.value = '';
            tell();
          },
        },
        t('rosterClear'),
      ),
    ),
    status,
  );
}
