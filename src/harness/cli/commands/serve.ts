import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { FaceError } from '../../../core/errors';
import { beforeExit } from '../cleanup';
import { wholeNumber } from '../options';
import { prepareEmbedded } from '../prepareModels';
import { Reporter } from '../reporter';
import { modelsFolder, siteFolder } from '../root';
import { startServer, type LocalServer } from '../server';

/** Fixed, because the browser keeps people by address, and the port is part of it. */
const PORT = 8160;

interface ServeFlags {
  readonly port?: number;
  readonly open?: true;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the app on this machine until Ctrl-C')
    .option('--port <number>', `${PORT} by default; 0 is any free one`, wholeNumber(0, 65_535))
    .option('--open', 'open it in the browser, where there is a display')
    .action(serve);
}

async function serve({ port, open }: ServeFlags): Promise<void> {
  await prepareEmbedded(new Reporter(false));
  const server = await listen(port);
  beforeExit(() => server.close());
  console.log(`facenet-web is at ${server.url}`);
  console.error(
    'The browser keeps your people for this address, port included: after Ctrl-C, do not let another program serve it in ' +
      'the same browser, for it could read them. Ctrl-C ends it.',
  );
  if (open && hasDisplay()) openAddress(server.url);
  await new Promise<never>(() => undefined);
}

/** On the port that was asked for; else on the usual one, or, where that is taken, on any. */
async function listen(port: number | undefined): Promise<LocalServer> {
  const options = { site: siteFolder(), models: modelsFolder() };
  try {
    return await startServer({ ...options, port: port ?? PORT });
  } catch (thrown) {
    if (!isPortTaken(thrown)) throw thrown;
    if (port !== undefined) throw new FaceError('harness/port-taken', { port });
    console.error(
      `Port ${PORT} is taken: people that you enrolled there do not show at this other address, and what has the port now could read them in this browser.`,
    );
    return startServer(options);
  }
}

function isPortTaken(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'EADDRINUSE' || thrown.code === 'EACCES');
}

function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

function openAddress(address: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', address]
        : ['xdg-open', address];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.once('error', () => undefined); // no opener: the address is printed
  child.unref();
}
