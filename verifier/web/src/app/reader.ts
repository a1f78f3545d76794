// SPDX-License-Identifier: Apache-2.0
/**
 * Codes out of a frame: by the device's own BarcodeDetector where it has one, else by zxing in a
 * worker. Phones without the store's services have a detector that never finds anything, so every third
 * frame without a find goes to zxing as well.
 */

import type { Code, Found, Frame } from '../reader/main.ts';

export type { Code } from '../reader/main.ts';

interface Detected {
  readonly rawValue: string;
  readonly boundingBox: DOMRectReadOnly;
}
interface Detector {
  detect(source: CanvasImageSource): Promise<Detected[]>;
}
declare global {
  // Not yet in TypeScript's DOM library.
  var BarcodeDetector:
    | { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> }
    | undefined;
}

const MAX_SIDE = 1600; // pixels of a frame's longer side: enough for a code of 160 across
const MAX_PICTURE_SIDE = 2400;
const MAX_PICTURE = 60 * 2 ** 20; // bytes
const PATIENCE = 20_000; // milliseconds for one frame, the first of which loads the reader

export class ReaderError extends Error {}

export class Reader {
  readonly #canvas = document.createElement('canvas');
  readonly #waiting = new Map<number, (found: Found) => void>();
  #worker: Worker | undefined;
  #detector: Detector | null | undefined;
  #next = 0;
  #empty = 0;

  /** Make the parts ready, so that they are there when the network is not. */
  async prepare(): Promise<void> {
    this.#start();
    await this.#native();
  }

  /** Find the codes of a video's present frame. */
  async frame(video: HTMLVideoElement): Promise<readonly Code[]> {
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0 || height === 0) return [];
    const detector = await this.#native();
    if (detector !== null) {
      const codes = await detected(detector, video, width, height);
      this.#empty = codes.length > 0 ? 0 : this.#empty + 1;
      if (codes.length > 0 || this.#empty % 3 !== 0) return codes;
    }
    return this.#zxing(video, width, height, MAX_SIDE, false);
  }

  /**
   * Find the codes of a picture.
   * @throws ReaderError The file is no picture.
   */
  async picture(file: Blob): Promise<readonly Code[]> {
    if (file.size > MAX_PICTURE) throw new ReaderError('too large');
    let picture: ImageBitmap;
    try {
      picture = await createImageBitmap(file);
    } catch {
      throw new ReaderError('not a picture');
    }
    try {
      const { width, height } = picture;
      const codes = await this.#zxing(picture, width, height, MAX_PICTURE_SIDE, true);
      if (codes.length > 0) return codes;
      const detector = await this.#native();
      return detector === null ? [] : await detected(detector, picture, width, height);
    } finally {
      picture.close();
    }
  }

  async #zxing(
    source: CanvasImageSource,
    width: number,
    height: number,
    side: number,
    thorough: boolean,
  ): Promise<readonly Code[]> {
    const scale = Math.min(1, side / Math.max(width, height));
    const [wide, high] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    this.#canvas.width = wide;
    this.#canvas.height = high;
    const context = this.#canvas.getContext('2d', { willReadFrequently: true, alpha: false });
    if (context === null) throw new ReaderError('no canvas');
    context.imageSmoothingQuality = 'high';
    context.drawImage(source, 0, 0, wide, high);
    const pixels = context.getImageData(0, 0, wide, high).data.buffer;
    const found = await this.#send({ id: this.#next++, pixels, width: wide, height: high, thorough });
    if ('failed' in found) throw new ReaderError(found.failed);
    return distinct(found.codes);
  }

  #send(frame: Frame): Promise<Found> {
    const worker = this.#start();
    return new Promise((resolve) => {
      const clock = setTimeout(() => end({ id: frame.id, failed: 'the reader does not answer' }), PATIENCE);
      const end = (found: Found): void => {
        clearTimeout(clock);
        this.#waiting.delete(frame.id);
        resolve(found);
      };
      this.#waiting.set(frame.id, end);
      worker.postMessage(frame, [frame.pixels]);
    });
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('../reader/main.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Found>) => this.#waiting.get(data.id)?.(data);
    worker.onerror = () => {
      worker.terminate();
      this.#worker = undefined; // the next frame tries again
      for (const [id, end] of [...this.#waiting]) end({ id, failed: 'the reader stopped' });
    };
    this.#worker = worker;
    return worker;
  }

  async #native(): Promise<Detector | null> {
    if (this.#detector !== undefined) return this.#detector;
    try {
      const formats = (await globalThis.BarcodeDetector?.getSupportedFormats()) ?? [];
      this.#detector =
        globalThis.BarcodeDetector !== undefined && formats.includes('qr_code')
          ? new globalThis.BarcodeDetector({ formats: ['qr_code'] })
          : null;
    } catch {
      this.#detector = null;
    }
    return this.#detector;
  }
}

async function detected(
  detector: Detector,
  source: CanvasImageSource,
  width: number,
  height: number,
): Promise<readonly Code[]> {
  try {
    const all = await detector.detect(source);
    return distinct(
      all.map(({ rawValue, boundingBox: box }) => ({
        text: rawValue,
        x: (box.x + box.width / 2) / width,
        y: (box.y + box.height / 2) / height,
      })),
    );
  } catch {
    return []; // zxing looks at this frame's successor
  }
}

/** Two sightings of one text are one code. */
function distinct(codes: readonly Code[]): readonly Code[] {
  return [...new Map(codes.map((code) => [code.text, code])).values()];
}
