// SPDX-License-Identifier: Apache-2.0
/** The first screen: the ways to give a code, and then its verdict. */

import type { Asked } from './app.ts';
import { Camera } from './camera.ts';
import { CameraView } from './camera_view.ts';
import { documentForm } from './document_form.ts';
import { type Child, el, fill } from './dom.ts';
import { icon } from './icons.ts';
import { cardIn, type Card } from './identity.ts';
import { t } from './language.ts';
import { type Code, ReaderError } from './reader.ts';
import type { Screen, Stage } from './screen.ts';
import { signal } from './signal.ts';
import { announcement, type Shown, verdictView } from './verdict_view.ts';

/** What is on this screen, so that it can be drawn again in the other language. */
export interface ScanState {
  text: string | null;
  card: Card | undefined;
  shown: Shown | null;
  cameraWasOpen: boolean;
}

export function emptyState(): ScanState {
  return { text: null, card: undefined, shown: null, cameraWasOpen: false };
}

export class ScanScreen implements Screen {
  readonly element = el('div', { class: 'scan' });
  readonly #stage: Stage;
  readonly #state: ScanState;
  #camera: CameraView | undefined;
  #turn = 0;

  constructor(stage: Stage, state: ScanState) {
    this.#stage = stage;
    this.#state = state;
    this.element.addEventListener('dragover', (event) => event.preventDefault());
    this.element.addEventListener('drop', (event) => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file !== undefined) void this.#picture(file);
    });
    if (state.shown !== null) this.#drawVerdict(state.shown);
    else if (state.text !== null) void this.check(state.text);
    else this.#drawWays();
  }

  reading(text: string): void {
    const card = cardIn(text);
    if (card === null) void this.check(text);
    else if (this.#state.text !== null) void this.check(this.#state.text, card);
  }

  close(): void {
    this.#turn++;
    this.#closeCamera();
  }

  /** Judge a text and show what came out; a later text wins over an earlier one. */
  async check(text: string, card?: Card): Promise<void> {
    const turn = ++this.#turn;
    this.#state.cameraWasOpen = this.#camera !== undefined || this.#state.cameraWasOpen;
    this.#closeCamera();
    fill(this.element, el('p', { class: 'checking', role: 'status' }, t('checking')));
    const asked: Asked = card === undefined ? {} : { card };
    const shown = await this.#stage.app.check(text, asked);
    if (turn !== this.#turn) return;
    Object.assign(this.#state, { text, card, shown });
    this.#drawVerdict(shown);
    signal(shown.answer.verdict.outcome);
    this.#stage.announce(announcement(shown));
    this.element.querySelector<HTMLElement>('#verdict')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  #drawVerdict(shown: Shown): void {
    const { text } = this.#state;
    const { verdict } = shown.answer;
    const canRefresh = verdict.outcome === 'INDETERMINATE' || verdict.reason === 'freshness.stale';
    fill(
      this.element,
      verdictView(
        shown,
        el('button', { type: 'button', class: 'primary', id: 'next', click: () => this.#next() }, icon('camera'), t('scanNext')),
        canRefresh && el('button', { type: 'button', id: 'recheck', click: () => void this.#recheck() }, icon('refresh'), t('recheck')),
        text !== null && verdict.certificate !== null &&
          el(
            'details',
            { class: 'holder-check', open: verdict.reason === 'holder.malformed' },
            el('summary', {}, t('checkHolder')),
            documentForm((card) => void this.check(text, card)),
          ),
      ),
    );
  }

  async #recheck(): Promise<void> {
    const { text, card } = this.#state;
    fill(this.element, el('p', { class: 'checking', role: 'status' }, t('refreshing')));
    await this.#stage.app.refresh();
    if (text !== null) await this.check(text, card);
  }

  #next(): void {
    const openCamera = this.#state.cameraWasOpen;
    Object.assign(this.#state, emptyState(), { cameraWasOpen: openCamera });
    this.#turn++;
    this.#drawWays();
    if (openCamera) this.#openCamera();
    else this.element.querySelector<HTMLElement>('h1')?.focus();
  }

  #drawWays(...notes: readonly Child[]): void {
    const camera = el(
      'button',
      { type: 'button', class: 'primary large', id: 'open-camera', click: () => this.#openCamera() },
      icon('camera'),
      t('openCamera'),
    );
    const field = el('textarea', {
      id: 'paste', rows: 2, maxlength: 20_000, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off',
      keydown: (event: KeyboardEvent) => {
        if (event.key === 'Enter' && !event.shiftKey && !field.value.startsWith('eyJ')) {
          event.preventDefault();
          go();
        }
      },
    });
    const go = (): void => {
      if (field.value.trim() !== '') void this.check(field.value.startsWith('eyJ') ? field.value : field.value.trim());
    };
    fill(
      this.element,
      el('h1', { tabindex: -1 }, t('scan')),
      el('p', { class: 'lead' }, t('scanLead')),
      el('div', { class: 'notes-area', role: 'status' }, ...notes),
      el('div', { id: 'camera-place' }, Camera.isThere ? camera : el('p', { class: 'notice' }, t('noCameraHere'))),
      el('div', { class: 'ways' }, this.#pictureButton(), this.#gateButton()),
      el(
        'form',
        {
          class: 'paste',
          submit: (event: SubmitEvent) => {
            event.preventDefault();
            go();
          },
        },
        el('label', { for: 'paste' }, t('pasteLabel')),
        el('div', { class: 'row' }, field, el('button', { type: 'submit', id: 'paste-go' }, t('pasteGo'))),
      ),
      el('p', { class: 'hint' }, t('wedgeHint')),
    );
  }

  #gateButton(): HTMLElement {
    return el('button', { type: 'button', id: 'gate', click: () => this.#stage.show('gate') }, icon('gate'), t('gate'));
  }

  #pictureButton(): HTMLElement {
    const input = el('input', {
      type: 'file',
      accept: 'image/*',
      id: 'picture',
      class: 'sr-only',
      change: () => {
        const file = input.files?.[0];
        input.value = '';
        if (file !== undefined) void this.#picture(file);
      },
    });
    return el('label', { class: 'button', for: 'picture' }, icon('picture'), t('fromPicture'), input);
  }

  async #picture(file: Blob): Promise<void> {
    const turn = ++this.#turn;
    let codes: readonly Code[];
    try {
      codes = await this.#stage.app.reader.picture(file);
    } catch (error) {
      if (turn !== this.#turn) return;
      const isPicture = !(error instanceof ReaderError && error.message === 'not a picture');
      this.#closeCamera();
      this.#drawWays(el('p', { class: 'notice' }, t(isPicture ? 'cameraFailed' : 'pictureBad')));
      return;
    }
    if (turn !== this.#turn) return;
    const [only] = codes;
    if (only !== undefined && codes.length === 1) await this.check(only.text);
    else {
      this.#closeCamera();
      this.#drawWays(only === undefined ? el('p', { class: 'notice' }, t('noCode')) : this.#choice(codes));
    }
  }

  /** Two codes in one picture are never picked between: the person does. */
  #choice(codes: readonly Code[]): HTMLElement {
    return el(
      'div',
      { class: 'notice', id: 'choice' },
      el('p', {}, t('twoInPicture', codes.length)),
      ...codes.map((code, index) =>
        el('button', { type: 'button', click: () => void this.check(code.text) }, t('codeAt', index + 1, place(code))),
      ),
    );
  }

  #openCamera(): void {
    const spot = this.element.querySelector('#camera-place');
    if (spot === null || !Camera.isThere) return;
    this.#closeCamera();
    this.#state.cameraWasOpen = false;
    this.#camera = new CameraView(
      this.#stage.app.reader,
      (text) => void this.check(text),
      () => {
        this.#closeCamera();
        this.#state.cameraWasOpen = false;
        this.#drawWays();
      },
    );
    fill(spot, this.#camera.element);
  }

  #closeCamera(): void {
    this.#camera?.close();
    this.#camera = undefined;
  }
}

function place({ x, y }: Code): string {
  if (y < 0.5) return t(x < 0.5 ? 'topLeft' : 'topRight');
  return t(x < 0.5 ? 'bottomLeft' : 'bottomRight');
}
