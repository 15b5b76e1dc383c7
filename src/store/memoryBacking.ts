import { memoryWhole, type MemoryDatabase, type MemoryTables } from './memoryDatabase';
import type { Backing, WriteTables } from './tables';

/** The people's tables in memory. */
export function memoryBacking(database: MemoryDatabase): Backing {
  return {
    persistent: false,
    whole: memoryWhole(database),
    read: (body) => database.read((tables) => body(peopleOf(tables))),
    write: (body) => database.write((tables) => body(peopleOf(tables))),
    async deleteEverything() {
      database.clear();
    },
    close() {},
  };
}

function peopleOf({ people, faces, settings }: MemoryTables): WriteTables {
  const ofPerson = async (personId: string) => (await faces.all()).filter((face) => face.personId === personId);
  return { people, faces: { ...faces, ofPerson }, settings };
}
