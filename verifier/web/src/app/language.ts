// SPDX-License-Identifier: Apache-2.0
/**
 * The two languages. What a verdict says comes from verifier/words.json, which the command reads too;
 * what the page's own controls say comes from texts.json.
 */

import words from '../../../words.json' with { type: 'json' };
import texts from './texts.json' with { type: 'json' };
import * as settings from './settings.ts';

export type Language = 'zh' | 'en';
export type Text = keyof typeof texts;
type Entry = Readonly<Record<string, string>>;
type Table = Exclude<keyof typeof words, 'reasons'>;

let current: Language = settings.read('language') === 'en' ? 'en' : 'zh';

export function language(): Language {
  return current;
}

export function choose(next: Language): void {
  current = next;
  settings.write('language', next);
  mark();
}

/** Tell the browser and the screen reader which language the page is in. */
export function mark(): void {
  document.documentElement.lang = current === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
}

/** A text of the page, with its gaps filled. */
export function t(key: Text, ...gaps: readonly (string | number)[]): string {
  return texts[key][current].replace(/\{(\d)\}/g, (_, at: string) => String(gaps[Number(at)] ?? ''));
}

/** A value of the formats in words; one that has no words stands for itself. */
export function word(table: Table, key: string, as: Language = current): string {
  return (words[table] as Record<string, Entry>)[key]?.[as] ?? key;
}

/** What a reason means and, in one sentence, what to do next. */
export function explain(reason: string, outcome: string): readonly [meaning: string, next: string] {
  const reasons = words.reasons as Record<string, Entry>;
  const isUnknown = outcome === 'INDETERMINATE' || outcome === 'unknown';
  const entry = (isUnknown ? reasons[`${reason}:unknown`] : undefined) ?? reasons[reason];
  if (entry === undefined) return [reason, t('nextUnknown')];
  return [forPage(entry[current]), forPage(entry[`${current}_next`])];
}

/** The command's name beside an advice is of no use to somebody who holds a phone. */
function forPage(text: string | undefined): string {
  return (text ?? '').replace(/（skillseal[^）]*）| ?\(skillseal[^)]*\)/g, '');
}
