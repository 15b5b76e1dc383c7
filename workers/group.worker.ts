/** The thread in which faces are grouped: seconds for thousands of them, during which people are recognised in the other. */
import { groupFaces } from '../src/cluster/groupFaces';
import type { GroupOps } from './groupProtocol';
import { serve } from './rpc';

serve<GroupOps>(self, {
  group: ({ points, ...options }, { progress }) => groupFaces(points, { ...options, onShare: progress }),
});
