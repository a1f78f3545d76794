// SPDX-License-Identifier: Apache-2.0
/** A screen: what stands in the middle of the page until another one does. */

import type { App } from './app.ts';

export interface Screen {
  readonly element: HTMLElement;
  /** Take a reading of a device that types; false where it means nothing here. */
  reading?(text: string): void;
  /** Let go of the camera and of whatever listens. */
  close?(): void;
}

/** What a screen may ask of the page around it. */
export interface Stage {
  readonly app: App;
  show(name: ScreenName): void;
  home(): void;
  /** Say something to whoever cannot see the screen. */
  announce(text: string): void;
}

export type ScreenName = 'scan' | 'gate' | 'data';
