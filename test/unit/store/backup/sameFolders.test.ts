import { describe, expect, it } from 'vitest';
import { sameFolders, type PhotoList } from '../../../../src/store/backup/sameFolders';
import { FOLDER } from '../photoStoreBehaviour';

type Picture = PhotoList['photos'][number];
const picture = (path: string, sha256: string | null, more: Partial<Picture> = {}): Picture => ({
  folderId: 'x',
  path,
  size: 10,
  modified: 5,
  sha256,
  ...more,
});
/** A list of one folder, or of several of one name. */
const list = (
  pictures: Readonly<Record<string, readonly Picture[]>>,
  more: Partial<typeof FOLDER> = {},
): PhotoList => ({
  folders: Object.keys(pictures).map((id) => ({ ...FOLDER, ...more, id })),
  photos: Object.entries(pictures).flatMap(([folderId, of]) => of.map((each) => ({ ...each, folderId }))),
});
const same = (backup: PhotoList, here: PhotoList) => Object.fromEntries(sameFolders(backup, here));

describe('folders of a backup that are here', () => {
  const A = [picture('1', 'a'), picture('2', 'b'), picture('3', 'c'), picture('4', 'd')];
  it.each([
    ['the same pictures', A, true],
    ['a part of them', A.slice(0, 1), true],
    ['more of them', [...A, picture('5', 'e'), picture('6', 'f')], true],
    ['the same pictures under other paths', A.map((each) => ({ ...each, path: `moved/${each.path}` })), true],
    ['half of them', [...A.slice(0, 2), picture('8', 'y'), picture('9', 'z')], true],
    ['fewer than half', [...A.slice(0, 1), picture('7', 'x'), picture('8', 'y'), picture('9', 'z')], false],
    ['other pictures under the same paths', A.map((each) => ({ ...each, sha256: `${each.sha256}'` })), false],
    ['no content known, same sizes and dates', A.map((each) => ({ ...each, sha256: null })), true],
    ['no content known, other dates', A.map((each) => ({ ...each, sha256: null, modified: 6 })), false],
    ['nothing yet', [], true],
  ])('%s', (_what, here, isSame) => {
    expect(same(list({ theirs: A }), list({ ours: here }))).toEqual(isSame ? { theirs: 'ours' } : {});
  });

  it('the same id is the same folder; another name, or a folder that the browser reads itself, is not', () => {
    expect(same(list({ f: A }), list({ f: [picture('9', 'z')] }))).toEqual({ f: 'f' });
    expect(same(list({ f: A }), list({ g: A }, { name: 'Other' }))).toEqual({});
    expect(same(list({ f: A }), list({ g: A }, { kind: 'handle' }))).toEqual({});
  });

  it('of several the one with most in common, and none twice', () => {
    expect(same(list({ f: A }), list({ g: A.slice(0, 2), h: A }))).toEqual({ f: 'h' });
    expect(same(list({ f: A, e: A }), list({ h: A }))).toEqual({ f: 'h' });
    expect(same(list({ e: A, h: A }), list({ h: A }))).toEqual({ h: 'h' });
  });
});
