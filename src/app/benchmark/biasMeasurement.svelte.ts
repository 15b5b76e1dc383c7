import type { BiasOutput } from '../../evaluate/bias/biasOutput';
import { biasNotes, noGroups } from '../../evaluate/bias/biasWords';
import { placedFiles } from '../shell/folderFiles';
import { embedGroups, groupPictures, type GroupPictures } from './groupPictures';
import { Measurement } from './measurement.svelte';

/** How evenly false accepts are spread over groups of people, as the command `bias` measures it. */
export class BiasMeasurement extends Measurement<BiasOutput> {
  folder = $state.raw<(GroupPictures & { readonly name: string }) | null>(null);
  /** People enrolled when strangers of their group are shown. */
  gallery = $state(100);
  /** Known before the faces are compared, even if those are too few. */
  failed = $state.raw<BiasOutput['failed']>([]);

  readonly groups = $derived(new Set(this.folder?.pictures.map(({ group }) => group)).size);

  chooseFolder(files: readonly File[]): void {
    const name = files[0]?.webkitRelativePath.split('/')[0] ?? '';
    this.folder = { name, ...groupPictures(placedFiles(files)) };
    this.failed = [];
    this.task.error = this.folder.pictures.length === 0 ? noGroups(name) : null;
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { folder, gallery } = this;
    if (!folder || this.task.running) return;
    this.failed = [];
    await this.measure(async (measuring, state) => {
      const { client, ...call } = measuring;
      const { faces, failed } = await embedGroups(folder.pictures, state, measuring);
      this.failed = failed;
      const report = await client.call('measureBias', { faces, gallery }, call);
      const { model, precision } = state;
      return { model, precision, ...report, notes: biasNotes(report), loose: folder.loose, failed };
    });
  }
}
