// SPDX-License-Identifier: Apache-2.0
/** What this browser withholds, and what to do about it. */

import { t } from './language.ts';

/** One sentence for each thing that is missing; none where all is there. */
export function shortcomings(): string[] {
  const lines: string[] = [];
  if (/MicroMessenger/i.test(navigator.userAgent)) lines.push(t('wechat'));
  if (!isSecureContext || globalThis.crypto?.subtle === undefined) lines.push(t('insecure'));
  else if (!('serviceWorker' in navigator)) lines.push(t('noWorkerHere'));
  return lines;
}
