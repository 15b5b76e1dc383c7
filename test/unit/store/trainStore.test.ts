import { openStore } from '../../../src/store/store';
import { describeTrainStore } from './trainStoreBehaviour';

// Node has no IndexedDB: here the store lives in memory.
describeTrainStore(async () => (await openStore()).training);
