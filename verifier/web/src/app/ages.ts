// SPDX-License-Identifier: Apache-2.0
/** Times and ages as people say them. */

import { language, t } from './language.ts';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** How long ago, in the largest unit that is not below one. */
export function age(seconds: number): string {
  if (seconds < -5 * MINUTE) return t('inFuture');
  if (seconds < HOUR) return t('minutesOld', Math.max(0, Math.floor(seconds / MINUTE)));
  if (seconds < 2 * DAY) return t('hoursOld', Math.floor(seconds / HOUR));
  return t('daysOld', Math.floor(seconds / DAY));
}

/** Day and time of this device's zone. */
export function moment(at: Date): string {
  return at.toLocaleString(language() === 'zh' ? 'zh-CN' : 'en-GB', {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  });
}

export function clock(at: Date): string {
  return at.toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
}

/** How trusted knowledge of this age is: as docs/format.md §6.2 (15) grades it. */
export function grade(seconds: number): 'fresh' | 'stale' | 'expired' {
  if (seconds >= 7 * DAY || seconds < -300) return 'expired';
  return seconds >= DAY ? 'stale' : 'fresh';
}
