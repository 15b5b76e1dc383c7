/** A short-lived thread for work that takes seconds in one piece: see src/service/face/helper.ts. */
import { helper, type HelperOps } from '../src/service/face/helper';
import { serve } from './rpc';

serve<HelperOps>(self, helper);
