/** “Delete everything”: a page of its own, so that none of the app's threads and connections can write or block. */
import './shell/app.css';
import './shell/deleted.css';
import { isAskedToDelete, wipeOwn } from './shell/wipe';

const at = (id: string): HTMLElement => document.getElementById(id)!;

async function run(): Promise<void> {
  if (!isAskedToDelete()) {
    location.replace('./');
    return;
  } // reached by its address alone
  const left = await wipeOwn();
  at('title').textContent = left.length === 0 ? 'Everything is deleted' : 'Not everything could be deleted';
  at('words').textContent =
    left.length === 0
      ? 'No people, faces, pictures, settings or models of this app are left in this browser.'
      : `Close the app's other tabs and reload this page. What is left: ${left.join(', ')}.`;
  at('again').hidden = left.length > 0;
}

void run();
