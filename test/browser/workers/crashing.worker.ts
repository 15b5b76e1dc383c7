/** Tests only: the real service, but a picture called `crash` kills the thread. */
import { createFaceService } from '../../../src/service/face/faceService';
import { inHelper } from '../../../workers/inHelper';
import { FACE_SERVE_OPTIONS, type Ops } from '../../../workers/protocol';
import { serve } from '../../../workers/rpc';

const service = createFaceService(inHelper);
serve<Ops>(
  self,
  {
    ...service,
    detect: (req, context) => {
      if (req.name !== 'crash') return service.detect(req, context);
      setTimeout(() => {
        throw new Error('the thread died');
      });
      return new Promise(() => {});
    },
  },
  FACE_SERVE_OPTIONS,
);
