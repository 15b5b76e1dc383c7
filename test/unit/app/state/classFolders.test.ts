import { expect, test } from 'vitest';
import { classFiles } from '../../../../src/app/state/classFolders';

function file(path: string, type = 'image/jpeg'): File {
  const made = new File([], path.split('/').at(-1)!, { type });
  Object.defineProperty(made, 'webkitRelativePath', { value: path });
  return made;
}

test('each picture belongs to the folder that it lies in; what is no picture or nobody’s is left out', () => {
  const files = [
    file('all/Ann/1.jpg'),
    file('all/Ann/2.png', 'image/png'),
    file('all/friends/Bob/1.jpg'),
    file('all/Ann/notes.txt', 'text/plain'),
    file('all/group.jpg'),
  ];
  expect(classFiles(files).map(({ person, file }) => [person, file.name])).toEqual([
    ['Ann', '1.jpg'],
    ['Ann', '2.png'],
    ['Bob', '1.jpg'],
  ]);
});
