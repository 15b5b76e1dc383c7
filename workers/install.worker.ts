/** The thread in which a downloaded model is converted: seconds of work, during which people are recognised in the other. */
import { installModel } from '../src/weights/install';
import { findModel } from '../src/weights/rows';
import type { InstallOps } from './installProtocol';
import { serve } from './rpc';

serve<InstallOps>(self, {
  async install({ id, baseUrl }, { signal, progress }) {
    await installModel(findModel(id), { baseUrl, signal, onProgress: progress });
    return null;
  },
});
