// SPDX-License-Identifier: Apache-2.0
/**
 * The field for a document's number, typed by hand or by an ID-card reader. What was typed is taken out
 * of the field at once; only its mask is shown afterwards.
 */

import { el } from './dom.ts';
import { type Card, cardIn } from './identity.ts';
import { t } from './language.ts';

const QUICK = 80; // milliseconds: a reader's tab, not a person's

export function documentForm(take: (card: Card) => void): HTMLFormElement {
  let last = 0;
  const field = el('input', {
    name: 'document',
    type: 'text',
    inputmode: 'text',
    autocomplete: 'off',
    autocapitalize: 'characters',
    autocorrect: 'off',
    spellcheck: 'false',
    enterkeyhint: 'go',
    maxlength: 200,
    'aria-label': t('documentLabel'),
    placeholder: t('documentShort'),
    keydown: (event: KeyboardEvent) => {
      // A reader parts name and number by a tab, which must not leave the field.
      if (event.key === 'Tab' && !event.shiftKey && event.timeStamp - last < QUICK && field.value !== '') {
        event.preventDefault();
        field.setRangeText(' ; ', field.value.length, field.value.length, 'end');
      }
      last = event.timeStamp;
    },
  });
  return el(
    'form',
    {
      class: 'document',
      submit: (event: SubmitEvent) => {
        event.preventDefault();
        const typed = field.value.trim();
        field.value = '';
        // What is no number goes to the judge all the same: it says why.
        if (typed !== '') take(cardIn(typed) ?? { document: typed });
      },
    },
    field,
    el('button', { type: 'submit' }, t('compare')),
  );
}
