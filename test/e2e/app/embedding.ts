import type { Page } from '@playwright/test';

declare global {
  interface Window {
    /** What becomes of the next request to embed stored faces: kept back, or sent with a crop that cannot be read. */
    nextEmbedding?: 'hold' | 'spoil';
  }
}

/** Lets a test stop the page in the middle of preparing its people for another model. Call it before the page is opened. */
export async function watchEmbedding(page: Page): Promise<void> {
  await page.addInitScript(() => {
    interface Sent {
      op?: string;
      req: { crops: { picture: Blob }[] };
    }
    const send = Reflect.get(Worker.prototype, 'postMessage') as (message: unknown, transfer?: unknown) => void;
    Worker.prototype.postMessage = function (message: Sent, transfer?: unknown) {
      const wanted = message.op === 'embedStored' ? window.nextEmbedding : undefined;
      if (wanted === undefined) {
        send.call(this, message, transfer);
        return;
      }
      delete window.nextEmbedding;
      if (wanted === 'hold') return;
      const crops = message.req.crops.map((crop) => ({ ...crop, picture: new Blob(['no picture']) }));
      send.call(this, { ...message, req: { ...message.req, crops } }, transfer);
    };
  });
}

export async function nextEmbedding(page: Page, what: 'hold' | 'spoil'): Promise<void> {
  await page.evaluate((wanted) => (window.nextEmbedding = wanted), what);
}
