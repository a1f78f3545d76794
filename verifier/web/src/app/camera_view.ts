// SPDX-License-Identifier: Apache-2.0
/** The camera's picture with its controls: torch and choice of camera where the device has them. */

import { Camera } from './camera.ts';
import { el, fill } from './dom.ts';
import { icon } from './icons.ts';
import { t } from './language.ts';
import type { Reader } from './reader.ts';
import * as settings from './settings.ts';

export class CameraView {
  readonly element: HTMLElement;
  readonly #camera: Camera;
  readonly #status = el('p', { class: 'camera-status', role: 'status' });
  readonly #controls = el('div', { class: 'camera-controls' });
  #lit = false;

  constructor(reader: Reader, take: (text: string) => void, onClose: () => void) {
    this.#camera = new Camera(reader, {
      code: (text) => {
        this.#say('');
        take(text);
      },
      several: (count) => this.#say(t('twoCodes', count), true),
      nothing: () => this.#say(t('cameraLooking')),
      trouble: (what) => {
        this.#say(t(what), true);
        this.element.classList.add('no-picture');
      },
    });
    this.element = el(
      'div',
      { class: 'camera' },
      el('div', { class: 'picture' }, this.#camera.video, el('div', { class: 'frame', 'aria-hidden': 'true' })),
      this.#status,
      this.#controls,
    );
    this.#draw([], onClose);
    this.#open = async (): Promise<void> => {
      this.element.classList.remove('no-picture');
      this.#say(t('cameraStarting'));
      await this.#camera.open();
      this.#draw(await Camera.all().catch(() => []), onClose);
    };
    void this.#open();
  }

  readonly #open: () => Promise<void>;

  /** Give the code in view again, even if it was given before. */
  again(): void {
    this.#camera.again();
  }

  close(): void {
    this.#camera.close();
  }

  #say(text: string, isWarning = false): void {
    if (this.#status.textContent === text) return;
    this.#status.textContent = text;
    this.#status.classList.toggle('warn', isWarning);
  }

  #draw(cameras: readonly MediaDeviceInfo[], onClose: () => void): void {
    const torch = (): void => {
      this.#lit = !this.#lit;
      void this.#camera.torch(this.#lit).catch(() => undefined);
    };
    fill(
      this.#controls,
      this.#camera.hasTorch && el('button', { type: 'button', click: torch }, icon('torch'), t('torch')),
      cameras.length > 1 && this.#choice(cameras),
      el('button', { type: 'button', class: 'quiet', click: onClose }, t('closeCamera')),
    );
  }

  #choice(cameras: readonly MediaDeviceInfo[]): HTMLElement {
    const chosen = settings.read('camera');
    const select = el(
      'select',
      {
        'aria-label': t('cameraChoice'),
        change: () => {
          settings.write('camera', select.value);
          void this.#open();
        },
      },
      ...cameras.map(({ deviceId, label }, index) =>
        el('option', { value: deviceId, selected: deviceId === chosen }, label || t('cameraNumber', index + 1)),
      ),
    );
    return select;
  }
}
