/** Tests only: the real service, but a picture called `crash` kills the thread. */
import { createFaceHandlers, FACE_SERVE_OPTIONS } from '../../../src/service/face/faceService';
import type { Ops } from '../../../workers/protocol';
import { serve } from '../../../workers/rpc';

const handlers = createFaceHandlers();
serve<Ops>(
  self,
  {
    ...handlers,
    detect: (req, context) => {
      if (req.name !== 'crash') return handlers.detect(req, context);
      setTimeout(() => {
        throw new Error('the thread died');
      });
      return new Promise(() => {});
    },
  },
  FACE_SERVE_OPTIONS,
);
