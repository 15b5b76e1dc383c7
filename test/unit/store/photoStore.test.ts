import { describePhotoStore } from './photoStoreBehaviour';
import { openStore } from '../../../src/store/store';

// Node has no IndexedDB: here the store lives in memory.
describePhotoStore(async () => (await openStore()).photos);
