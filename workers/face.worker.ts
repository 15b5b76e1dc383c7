/** The thread in which pictures become people. */
import { createFaceService } from '../src/service/face/faceService';
import { inHelper } from './inHelper';
import { FACE_SERVE_OPTIONS, type Ops } from './protocol';
import { serve } from './rpc';

serve<Ops>(self, createFaceService(inHelper), FACE_SERVE_OPTIONS);
