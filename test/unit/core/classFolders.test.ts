import { expect, test } from 'vitest';
import { galleryPerson, personFolder, PersonNames } from '../../../src/core/classFolders';

test('the person is the first folder, however deep a picture lies; in a gallery a loose one is its own', () => {
  const paths = ['Ada/2019/1.jpg', 'Ada/2.jpg', 'james.voss.jpg', 'noending', '.jpg'];
  expect(paths.map(personFolder)).toEqual(['Ada', 'Ada', null, null, null]);
  expect(paths.map(galleryPerson)).toEqual(['Ada', 'Ada', 'james.voss', 'noending', '.jpg']);
});

test('names that differ only in Unicode form, case or blanks are one person, said once', () => {
  const names = new PersonNames();
  const written = ['Zoë', 'Zoe\u0308', 'Ada', 'ada', 'Ada ', 'Ada', 'Bo', '\u200b'];
  expect(written.map((name) => names.of(name))).toEqual(['Zoë', 'Zoë', 'Ada', 'Ada', 'Ada', 'Ada', 'Bo', '\u200b']);
  expect(names.notes()).toEqual([
    expect.stringMatching(/^“Zoë” is written in 2 ways .*: they are one person\.$/),
    expect.stringMatching(/^“Ada” is written in 3 ways/),
  ]);
  expect(names.notes('group')[0], 'of folders of groups').toMatch(/: they are one group\.$/);
});
