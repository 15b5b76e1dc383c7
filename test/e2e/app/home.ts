/**
 * Where the tests of one worker happen: a server of the built app and one browser context. A new context for each test
 * compiles the engine's ten megabytes of WebAssembly each time, which takes longer than most tests. Here a page that is
 * never shown holds the compiled module; V8 gives it to every page of the same process, and pages that it opens are.
 */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { startServer, type LocalServer } from '../../../src/harness/cli/server';

const SITE = 'dist';
const MODELS = 'public/models';
const FACENET = 'facenet-';
const PUBLISHED = /^(facenet|mobilefacenet|mtcnn)\S*\.safetensors$/;
/** A file of the app's host without a script. */
const BLANK = 'icon.svg';
const ENGINE = /^litert_wasm_threaded_internal-.*\.wasm$/;

/**
 * All models that are here; only those that npm packages carry, as in a clone that could download none; or all, with one
 * wrong bit in each file of FaceNet.
 */
export type Models = 'all' | 'embedded' | 'damaged';

export function serveApp(models: Models): Promise<LocalServer> {
  return startServer({ site: SITE, models: modelFolder(models) });
}

/** A folder of its own: a test of the command line may add a model to the usual one meanwhile. */
function modelFolder(models: Models): string {
  const folder = mkdtempSync(join(tmpdir(), 'facenet-web-models-'));
  const isHere = (name: string) => PUBLISHED.test(name) && (models !== 'embedded' || !name.startsWith(FACENET));
  for (const name of readdirSync(MODELS).filter(isHere)) copyModel(name, folder, models);
  const manifest = JSON.parse(readFileSync(join(MODELS, 'manifest.json'), 'utf8')) as { files: string[] };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, files: manifest.files.filter(isHere) }));
  return folder;
}

function copyModel(name: string, folder: string, models: Models): void {
  copyFileSync(join(MODELS, name), join(folder, name));
  if (models !== 'damaged' || !name.startsWith(FACENET)) return;
  const bytes = readFileSync(join(folder, name));
  bytes[bytes.length >> 1]! ^= 0x10;
  writeFileSync(join(folder, name), bytes);
}

export class Home {
  #isGone = false;

  private constructor(
    readonly context: BrowserContext,
    private readonly keeper: Page,
  ) {
    keeper.on('crash', () => (this.#isGone = true));
  }

  static async open(browser: Browser, options: BrowserContextOptions): Promise<Home> {
    const context = await browser.newContext(options);
    const keeper = await context.newPage();
    await keeper.goto(BLANK);
    const engine = existsSync(SITE) && readdirSync(join(SITE, 'assets')).find((name) => ENGINE.test(name));
    if (engine)
      await keeper.evaluate(async (path) => {
        Object.assign(globalThis, { kept: await WebAssembly.compileStreaming(fetch(path)).catch(() => null) });
      }, `assets/${engine}`);
    return new Home(context, keeper);
  }

  /** Whether a test has ended the browser's process of our pages. */
  get isGone(): boolean {
    return this.#isGone || this.keeper.isClosed();
  }

  /** An empty page of a browser in which nobody has used the app: nothing is stored, nothing is allowed. */
  async newPage(): Promise<Page> {
    await this.close();
    const devtools = await this.context.newCDPSession(this.keeper);
    const { origin } = new URL(this.keeper.url());
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
    await devtools.detach();
    const opened = this.context.waitForEvent('page');
    await this.keeper.evaluate(() => void window.open('about:blank'));
    return opened;
  }

  /** Closes a test's pages, and takes back what it has set. */
  async close(): Promise<void> {
    for (const page of this.context.pages()) if (page !== this.keeper) await page.close();
    await this.context.unrouteAll({ behavior: 'ignoreErrors' });
    await this.context.clearPermissions();
    await this.context.setOffline(false);
  }
}
