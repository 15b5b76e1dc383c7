import { expect, test } from 'vitest';
import { classFiles, placedFiles } from '../../../../src/app/shell/folderFiles';

function file(path: string, type = 'image/jpeg'): File {
  const made = new File([], path.split('/').at(-1)!, { type });
  Object.defineProperty(made, 'webkitRelativePath', { value: path });
  return made;
}

test('each picture belongs to the first folder below the chosen one; what is no picture or nobody’s is left out', () => {
  const files = [
    file('all/Ann/1.jpg'),
    file('all/Ann/2.png', 'image/png'),
    file('all/Bob/2019/1.jpg'),
    file('all/Bob/2020/1.jpg'),
    file('all/Bob/2020/@eaDir/1.jpg/THUMB.jpg'),
    file('all/Bob/._1.jpg'),
    file('all/#recycle/Bob/1.jpg'),
    file('all/bob /3.jpg'),
    file('all/Ann/4.heic', ''),
    file('all/Ann/notes.txt', 'text/plain'),
    file('all/group.jpg'),
  ];
  const { pictures, notes } = classFiles(placedFiles(files));
  expect(pictures.map(({ person, file }) => [person, file.name])).toEqual([
    ['Ann', '1.jpg'],
    ['Ann', '2.png'],
    ['Bob', '1.jpg'],
    ['Bob', '1.jpg'],
    ['Bob', '3.jpg'],
  ]);
  expect(notes).toEqual([
    expect.stringContaining('“Bob” is written in 2 ways'),
    expect.stringContaining('Ann/4.heic is a HEIC picture'),
    '1 picture outside of the people’s folders was left out.',
  ]);
});
