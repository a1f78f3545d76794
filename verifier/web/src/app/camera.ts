// SPDX-License-Identifier: Apache-2.0
/**
 * The camera: open it, look for codes in frame after frame, close it. One frame is looked at at a time.
 *
 * - A frame with two different codes gives none of them: it says so.
 * - A code that was given is not given again until it has been out of view for a moment.
 */

import type { Code, Reader } from './reader.ts';
import * as settings from './settings.ts';

const PAUSE = 60; // milliseconds between frames: a phone is a warm thing already
const OUT_OF_VIEW = 1500; // milliseconds

export type CameraTrouble = 'cameraDenied' | 'cameraNone' | 'cameraBusy' | 'cameraFailed';

export interface Watcher {
  code(text: string): void;
  several(count: number): void;
  nothing(): void;
  trouble(what: CameraTrouble): void;
}

interface Torch {
  readonly torch?: boolean;
}

export class Camera {
  readonly video: HTMLVideoElement;
  readonly #reader: Reader;
  readonly #watcher: Watcher;
  #stream: MediaStream | undefined;
  #running = 0;
  #last = '';
  #seen = 0;

  constructor(reader: Reader, watcher: Watcher) {
    this.#reader = reader;
    this.#watcher = watcher;
    this.video = document.createElement('video');
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.setAttribute('aria-hidden', 'true');
  }

  static get isThere(): boolean {
    return typeof navigator.mediaDevices?.getUserMedia === 'function';
  }

  /** Open the camera that was chosen last, else the one at the back. */
  async open(chosen: string | null = settings.read('camera')): Promise<void> {
    this.close();
    const turn = ++this.#running;
    const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
    const back = { ...size, facingMode: { ideal: 'environment' } };
    const wanted = chosen === null ? back : { ...size, deviceId: { exact: chosen } };
    let stream: MediaStream;
    try {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
      } catch (error) {
        if (chosen === null || nameOf(error) !== 'OverconstrainedError') throw error;
        settings.write('camera', null); // it has been unplugged
        stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: back });
      }
    } catch (error) {
      if (turn === this.#running) this.#watcher.trouble(troubleOf(error));
      return;
    }
    if (turn !== this.#running) {
      stop(stream);
      return;
    }
    this.#stream = stream;
    this.video.srcObject = stream;
    try {
      await this.video.play();
    } catch {
      // it was taken out of the page meanwhile, or plays by itself later
    }
    void this.#watch(turn);
  }

  close(): void {
    this.#running++;
    if (this.#stream !== undefined) stop(this.#stream);
    this.#stream = undefined;
    this.video.srcObject = null;
  }

  /** Forget the last code, so that it may be given again. */
  again(): void {
    this.#last = '';
  }

  get hasTorch(): boolean {
    const track = this.#stream?.getVideoTracks()[0];
    return ((track?.getCapabilities?.() ?? {}) as Torch).torch === true;
  }

  async torch(on: boolean): Promise<void> {
    const track = this.#stream?.getVideoTracks()[0];
    await track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
  }

  /** Name the cameras; their labels are there only once one is open. */
  static async all(): Promise<readonly MediaDeviceInfo[]> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === 'videoinput');
  }

  async #watch(turn: number): Promise<void> {
    let failures = 0;
    while (turn === this.#running) {
      try {
        this.#tell(await this.#reader.frame(this.video), turn);
        failures = 0;
      } catch {
        failures++;
        if (failures === 3 && turn === this.#running) this.#watcher.trouble('cameraFailed');
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  #tell(codes: readonly Code[], turn: number): void {
    if (turn !== this.#running) return;
    const [code] = codes;
    const now = performance.now();
    if (codes.length > 1) this.#watcher.several(codes.length);
    else if (code === undefined) {
      if (now - this.#seen > OUT_OF_VIEW) this.#last = '';
      this.#watcher.nothing();
    } else {
      this.#seen = now;
      if (code.text === this.#last) return;
      this.#last = code.text;
      this.#watcher.code(code.text);
    }
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : '';
}

function troubleOf(error: unknown): CameraTrouble {
  switch (nameOf(error)) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'cameraDenied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'cameraNone';
    default:
      return 'cameraBusy';
  }
}
