// SPDX-License-Identifier: Apache-2.0
/** Where certificates are to be used: the anchor's region or one inside it. */

import type { App } from './app.ts';
import { el } from './dom.ts';
import { t } from './language.ts';
import * as settings from './settings.ts';

export interface RegionField {
  readonly element: HTMLElement;
  /** Remember the choice; gives what is wrong with it, or null. */
  save(): string | null;
}

export function regionField(app: App): RegionField {
  const list = el('datalist', { id: 'districts' }, ...(app.knowledge?.districts ?? []).map((value) => el('option', { value })));
  const field = el('input', {
    id: 'region', inputmode: 'numeric', maxlength: 6, autocomplete: 'off', list: 'districts', value: app.region,
  });
  return {
    element: el('label', { class: 'region' }, t('regionHere'), field, list),
    save: () => {
      const value = field.value.trim();
      const home = app.anchor?.slice(0, 6) ?? '';
      if (value === home || value === '') settings.write('region', null);
      else if (app.isOurs(value)) settings.write('region', value);
      else return t('regionBad', home);
      return null;
    },
  };
}
