import type { Browser, Page } from 'playwright';
import type { EngineState, LoggedStep, ModelFileRef, PictureRef, StartOptions } from '../../client/types';
import { FaceError } from '../../core/errors';
import { isLying, mayLie } from '../../client/lying';
import { FACENET } from '../../weights/registry';
import type { Answer, HarnessCall, HarnessCalls } from '../page/page';
import { ensureChromium } from './chromium';
import { beforeExit } from './cleanup';
import { launchChromium, type BackendChoice } from './launch';
import { chooseModel } from './trainedFiles';
import { prepareEmbedded } from './prepareModels';
import type { Reporter } from './reporter';
import { modelsFolder, siteFolder } from './root';
import { startServer } from './server';

type CallResult<K extends HarnessCall> = Awaited<ReturnType<HarnessCalls[K]>>;

/** The harness page in headless Chromium. */
export interface HarnessSession {
  /** Rejects with the FaceError that the page gave, or `harness/chromium-ended`. */
  readonly call: <K extends HarnessCall>(name: K, ...args: Parameters<HarnessCalls[K]>) => Promise<CallResult<K>>;
  /** Lets the page read one picture, by path or as bytes, while `work` runs. `name` is what its errors call it. */
  withPicture<T>(file: string | Uint8Array, name: string, work: (picture: PictureRef) => Promise<T>): Promise<T>;
  /** The same for several, by path or as bytes. */
  withPictures<T>(
    pictures: readonly { readonly file: string | Uint8Array; readonly name: string }[],
    work: (pictures: PictureRef[]) => Promise<T>,
  ): Promise<T>;
  /** Lets the page write one file while `work` runs. */
  readonly withOutput: <T>(path: string, work: (address: string) => Promise<T>) => Promise<T>;
}

/** The page with the client started and warm. */
export interface Session extends HarnessSession {
  readonly state: EngineState;
  /** Workers that embed many pictures. */
  readonly workers: number;
  /** Where the page finds the model, if it is a file that was trained with this program. */
  readonly modelFile: ModelFileRef | null;
}

export interface SessionOptions extends StartOptions {
  /** Workers that share the embedding of many pictures on WASM, each with its own networks; default 1. A GPU gets one. */
  readonly workers?: number;
}

/** Starts server, Chromium and models, does `work`, and ends all of it. Throws as `withPage`, and as `start`. */
export async function withSession<T>(
  options: SessionOptions,
  reporter: Reporter,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withPage(options.backend ?? 'auto', reporter, async (session) => {
    const { model, workers = 1, ...rest } = options;
    const chosen = model === undefined ? null : await chooseModel(model, options.precision, modelsFolder());
    const start = async (given: Partial<StartOptions> | null, modelFile: ModelFileRef | null) => {
      const state = await session.call('start', { ...rest, ...given }, 0);
      const sharing = state.backend === 'wasm' ? workers : 1;
      const others = Array.from({ length: sharing - 1 }, (_, i) => i + 1);
      await Promise.all(
        others.map((worker) => session.call('start', { ...rest, ...given, model: state.model }, worker)),
      );
      reporter.endProgress();
      reporter.engine(state);
      if (model === undefined && state.model !== FACENET.id)
        reporter.note('FaceNet is not here; `npx facenet-web models --get` downloads it once (94 MB).');
      return work({ ...session, call: noticeLying(session.call, reporter), state, modelFile, workers: sharing });
    };
    if (!chosen || !('path' in chosen)) return start(chosen, null);
    return session.withPicture(chosen.path, chosen.path, (file) => start({ modelFile: file }, file));
  });
}

/** Notes pictures with a lying face that were searched upright only. */
function noticeLying(call: HarnessSession['call'], reporter: Reporter): HarnessSession['call'] {
  return <K extends HarnessCall>(name: K, ...args: Parameters<HarnessCalls[K]>) =>
    call(name, ...args).then((result) => {
      const scan = scanOf({ name, args, result } as Called);
      if (scan) reporter.lying(scan.name, scan.sure);
      return result;
    });
}

/** A call of the page and its result. */
type Called = {
  readonly [K in HarnessCall]: { name: K; args: Parameters<HarnessCalls[K]>; result: CallResult<K> };
}[HarnessCall];

/** The picture searched, where a face lies in it (`sure`) or what was found may be a face that lies; null elsewhere. */
function scanOf(called: Called): { readonly name: string; readonly sure: boolean } | null {
  if (called.name !== 'recognise' && called.name !== 'align') return null;
  const [picture, options] = called.name === 'align' ? [called.args[0].picture, called.args[0].options] : called.args;
  if (options?.turned || !('name' in picture)) return null;
  const faces = called.result.faces.map(({ detection }) => detection);
  const sure = faces.some(isLying);
  const may = faces.length > 0 && mayLie(faces.map((detection) => ({ detection })));
  return sure || may ? { name: picture.name, sure } : null;
}

/**
 * Starts server and Chromium, opens the harness page, does `work`, and ends all of it, whatever happens. Throws
 * `harness/not-built`, `harness/no-chromium`, `harness/chromium-failed`, `harness/chromium-ended`.
 */
export async function withPage<T>(
  backend: BackendChoice,
  reporter: Reporter,
  work: (session: HarnessSession) => Promise<T>,
): Promise<T> {
  const site = siteFolder();
  await prepareEmbedded(reporter);
  const chromium = await ensureChromium();
  const server = await startServer({ site, models: modelsFolder() });
  let browser: Browser | null = null;
  const close = beforeExit(async () => {
    await browser?.close();
    await server.close();
  });
  try {
    browser = await launchChromium(chromium, backend).catch((thrown: unknown) => {
      throw new FaceError('harness/chromium-failed', { path: chromium, reason: firstLine(thrown) }, { cause: thrown });
    });
    const page = await openPage(browser, `${server.url}harness.html`, reporter).catch(rethrow);
    const call = caller(page);
    const lend = async <R>(address: string, use: (address: string) => Promise<R>): Promise<R> => {
      try {
        return await use(address);
      } finally {
        server.withdraw(address);
      }
    };
    return await work({
      call,
      withPicture: (file, name, use) => lend(server.share(file), (url) => use({ url, name })),
      async withPictures(pictures, use) {
        const refs = pictures.map(({ file, name }) => ({ url: server.share(file), name }));
        try {
          return await use(refs);
        } finally {
          for (const { url } of refs) server.withdraw(url);
        }
      },
      withOutput: (path, use) => lend(server.accept(path), use),
    });
  } finally {
    reporter.endProgress();
    await close();
  }
}

async function openPage(browser: Browser, address: string, reporter: Reporter): Promise<Page> {
  const page = await browser.newPage();
  const broken: string[] = [];
  page.on('pageerror', (error) => broken.push(error.message));
  await page.exposeFunction('facenetProgress', (progress: Parameters<Reporter['progress']>[0]) =>
    reporter.progress(progress),
  );
  await page.exposeFunction('facenetTrainStep', (step: LoggedStep) => reporter.onTrainStep(step));
  await page.goto(address);
  // The module script has run by the load event; without its global it has failed.
  if (!(await page.evaluate(() => 'facenetCall' in globalThis)))
    throw new FaceError('internal', { reason: broken[0] ?? 'the harness page did not start' });
  return page;
}

function caller(page: Page): HarnessSession['call'] {
  return async <K extends HarnessCall>(name: K, ...args: Parameters<HarnessCalls[K]>): Promise<CallResult<K>> => {
    const sent: readonly [K, unknown] = [name, args];
    const answer: unknown = await page
      .evaluate(([name, args]) => globalThis.facenetCall(name, args as never), sent)
      .catch(rethrow); // the page answers every failure of its own: only one that is gone rejects
    // The page types its answer; what passes between is JSON and typed arrays.
    return unwrap(answer as Answer<CallResult<K>>);
  };
}

/** Playwright's messages continue with pages of logs: the first line says it. */
function firstLine(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).split('\n')[0]!;
}

function rethrow(thrown: unknown): never {
  if (thrown instanceof FaceError) throw thrown;
  throw new FaceError('harness/chromium-ended', { reason: firstLine(thrown) }, { cause: thrown });
}

function unwrap<T>(answer: Answer<T>): T {
  if ('value' in answer) return answer.value;
  throw new FaceError(answer.code, answer.details);
}
