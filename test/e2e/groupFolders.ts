import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainPng } from './cli/plainPng';

const GROUPS = {
  expedition: ['daniel-burbank', 'edward-lu', 'james-voss', 'jeffrey-williams', 'william-shepherd'],
  shuttle: ['frank-culbertson', 'patrick-forrester', 'robert-curbeam', 'scott-altman', 'susan-helms'],
};

/**
 * Two groups of five of the sample portraits in `folder`/groups, which is returned; a person who is in both, a picture without
 * a face, one that is none, and a loose one.
 */
export function groupFolders(samples: string, folder: string): string {
  const root = join(folder, 'groups');
  const portrait = (name: string) => join(samples, 'portraits', `${name}.jpg`);
  for (const [group, names] of Object.entries(GROUPS)) {
    mkdirSync(join(root, group), { recursive: true });
    for (const name of names) copyFileSync(portrait(name), join(root, group, `${name}.jpg`));
  }
  copyFileSync(portrait('edward-lu'), join(root, 'shuttle', 'zz-again.jpg'));
  writeFileSync(join(root, 'shuttle', 'empty.png'), plainPng(100, 100));
  writeFileSync(join(root, 'shuttle', 'broken.jpg'), 'no picture');
  copyFileSync(portrait('thomas-jones'), join(root, 'loose.jpg'));
  return root;
}
