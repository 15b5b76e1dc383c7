import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { Home, serveApp, type Models } from './home';

/** Hosts that a page asked, beside its own, and whatever it complained about. */
export class Watch {
  readonly foreign: string[] = [];
  readonly errors: string[] = [];

  constructor(page: Page, home: string) {
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (/^https?:$/.test(url.protocol) && url.origin !== new URL(home).origin) this.foreign.push(request.url());
    });
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.errors.push(message.text());
    });
  }

  assertClean(): void {
    expect(this.foreign, 'requests to other hosts').toEqual([]);
    expect(this.errors, 'errors on the page').toEqual([]);
  }
}

interface Served {
  readonly models: Models;
  /** The app's address: a server of the worker's own, or `E2E_BASE_URL`. */
  readonly site: string;
}

/**
 * In a browser context of its own. Every test of the app also proves that the page asked no other host, threw nothing and
 * broke no policy.
 */
export const freshTest = base.extend<{ watch: Watch }, Served>({
  models: ['embedded', { scope: 'worker', option: true }],
  site: [
    async ({ models }, use) => {
      const given = process.env['E2E_BASE_URL'];
      if (given) return use(given);
      const server = await serveApp(models);
      await use(server.url);
      await server.close();
    },
    { scope: 'worker' },
  ],
  baseURL: ({ site }, use) => use(site),
  watch: [
    async ({ page, baseURL }, use) => {
      const watch = new Watch(page, baseURL!);
      await use(watch);
      watch.assertClean();
    },
    { auto: true },
  ],
});

/** In the worker's one context, emptied: see home.ts. For all tests that neither change the browser nor end its process. */
export const test = freshTest.extend<object, { homes: () => Promise<Home> }>({
  homes: [
    async ({ browser, site }, use, { project }) => {
      const { locale, timezoneId, serviceWorkers } = project.use;
      let home: Home | null = null;
      await use(async () => {
        if (home === null || home.isGone)
          home = await Home.open(browser, {
            baseURL: site,
            locale: locale!,
            timezoneId: timezoneId!,
            serviceWorkers: serviceWorkers!,
          });
        return home;
      });
    },
    { scope: 'worker' },
  ],
  context: async ({ homes }, use) => use((await homes()).context),
  page: async ({ homes }, use) => {
    const home = await homes();
    await use(await home.newPage());
    await home.close();
  },
});
export { expect };

export type ViewName = 'Recognise' | 'People' | 'Photos' | 'Train' | 'Benchmark' | 'Settings';

/** Opens the app and waits until the networks are ready. */
export async function openApp(page: Page, view: ViewName = 'Recognise'): Promise<void> {
  await page.goto(`#/${view.toLowerCase()}`);
  await ready(page);
}

/** Nothing is being loaded, recognised or prepared any more. */
export async function ready(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 120_000 });
}

export async function go(page: Page, view: ViewName): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: view }).click();
  await expect(page.getByRole('navigation').getByRole('link', { name: view })).toHaveAttribute('aria-current', 'page');
}

export function sample(name: string): string {
  return `public/samples/${name}`;
}

export function portrait(name: string): string {
  return sample(`portraits/${name.toLowerCase().replaceAll(' ', '-')}.jpg`);
}

/** The file input of the form or view that `within` is. */
export async function choose(within: Page | Locator, ...files: string[]): Promise<void> {
  await within.locator('input[type=file][accept="image/*"]').setInputFiles(files);
}

/** Adds a person in the People view from pictures with one face each. */
export async function addPerson(page: Page, name: string, ...files: string[]): Promise<void> {
  await go(page, 'People');
  await page.getByRole('button', { name: 'Add a person' }).click();
  const form = page.getByRole('form', { name: 'Add a person' });
  await form.getByLabel('Name').fill(name);
  await choose(form, ...files);
  const save = form.getByRole('button', { name: /^Save \d+ faces?$/ });
  await expect(save).toBeEnabled({ timeout: 60_000 });
  await save.click();
  await expect(form).toHaveCount(0);
  await expect(people(page).filter({ has: page.getByText(name, { exact: true }) })).toHaveCount(1);
}

/** The people listed in the People view. */
export function people(page: Page): Locator {
  return page.getByRole('list', { name: 'People' }).getByRole('listitem');
}

export function picture(page: Page, name: string): Locator {
  return page.getByRole('article', { name });
}

/** What the text beside a picture says of its faces, from left to right. */
export function faces(page: Page, pictureName: string): Locator {
  return picture(page, pictureName).getByRole('list').getByRole('listitem');
}

export function message(page: Page, text: string | RegExp): Locator {
  return page.getByRole('log', { name: 'Messages' }).getByText(text);
}
