import { PAGE_HEADERS } from '../../../src/core/hosting/pageHeaders';
import { expect, run, start, test } from './command';

test('serves the app, isolated, until Ctrl-C, and says when the port is taken', async () => {
  const command = start('serve', '--port', '0');
  const address = await command.says(/http:\/\/127\.0\.0\.1:\d+\//);
  await command.says(/The browser keeps your people for this address, port included/);
  const page = await fetch(address);
  expect(page.status).toBe(200);
  for (const [name, value] of Object.entries(PAGE_HEADERS)) expect(page.headers.get(name), name).toBe(value);
  expect(await page.text()).toContain('<html');
  const models = await fetch(`${address}models/manifest.json`);
  expect(models.status).toBe(200);

  const taken = await run('serve', '--port', new URL(address).port);
  expect(taken.code).toBe(1);
  expect(taken.stderr).toContain('is taken by another program');

  command.child.kill('SIGINT');
  expect((await command.ended).code).toBe(130);
  await expect(fetch(address)).rejects.toThrow();
});
