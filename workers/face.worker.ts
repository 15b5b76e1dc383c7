/** The thread in which pictures become people: the RPC in front, the service behind. */
import { createFaceHandlers, FACE_SERVE_OPTIONS } from '../src/service/face/faceService';
import type { Ops } from './protocol';
import { serve } from './rpc';

serve<Ops>(self, createFaceHandlers(), FACE_SERVE_OPTIONS);
