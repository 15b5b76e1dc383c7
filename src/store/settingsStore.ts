/** The settings: one row, whose missing fields have their defaults. */
import { presentModel } from '../weights/retiredModels';
import type { ReadTables, Tabular } from './faceDb';
import type { Settings, SettingsStore, StorePart } from './schema';

const DEFAULTS: Settings = {
  model: null,
  backend: 'auto',
  precision: 'auto',
  far: null,
  mirrorCamera: true,
  cameraId: null,
};

export function settingsStore({ read, write }: Tabular, part: StorePart): SettingsStore {
  return {
    ...part,
    read: () => read(['settings'], readSettings),
    save: (changes) =>
      write(['settings'], async (tables) => {
        const settings = { ...(await readSettings(tables)), ...changes };
        await tables.settings.put({ id: 'settings', ...settings });
        return settings;
      }),
  };
}

async function readSettings({ settings }: ReadTables<'settings'>): Promise<Settings> {
  const { model, backend, precision, far, mirrorCamera, cameraId } = {
    ...DEFAULTS,
    ...(await settings.get('settings')),
  };
  return { model: presentModel(model), backend, precision, far, mirrorCamera, cameraId };
}
