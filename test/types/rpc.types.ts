/** Checked by tsc alone: what must not compile does not. */
import type { Progress } from '../../src/core/call';
import type { DetectResult, EngineState, Ops } from '../../workers/protocol';
import type { Connection, Handlers } from '../../workers/rpc';
import type { FaceNet } from '../../src/client/faceNet';

/** `value` is of exactly the type `T`: neither wider nor narrower, nor any. */
function exactly<T>(): <V>(
  value: V,
  equal: (<X>() => X extends V ? 1 : 2) extends <X>() => X extends T ? 1 : 2 ? true : false,
) => void {
  return () => {};
}

export async function calls(connection: Connection<Ops>, client: FaceNet, picture: Blob): Promise<void> {
  const found = await connection.call('detect', { picture });
  exactly<DetectResult>()(found, true);
  const state = await client.call('start', {}, { onProgress: (progress) => exactly<Progress>()(progress, true) });
  exactly<EngineState>()(state, true);

  // @ts-expect-error there is no such operation
  await connection.call('detekt', { picture });
  // @ts-expect-error a picture is needed
  await connection.call('detect', {});
  // @ts-expect-error a path is not a picture
  await connection.call('detect', { picture: 'face.jpg' });
  // @ts-expect-error there is no such backend
  await client.call('start', { backend: 'cuda' });
  // @ts-expect-error another operation's request
  await client.call('setFar', { faces: [] });
  // @ts-expect-error another operation's answer
  const wrong: EngineState = await client.call('detect', { picture });
  exactly<EngineState>()(wrong, true);
}

const handlers: Pick<Handlers<Ops>, 'detect' | 'setGallery'> = {
  // The request's and context's types come from the table: no casts.
  detect: ({ picture, options }, { signal }) => {
    exactly<Ops['detect']['req']['options']>()(options, true);
    exactly<AbortSignal>()(signal, true);
    return { width: picture instanceof Blob ? picture.size : 0, height: 0, faces: [], leastFace: 20 };
  },
  // @ts-expect-error the answer must be of the operation's type
  setGallery: ({ faces }) => ({ people: faces.length }),
};

// @ts-expect-error every operation needs its handler
export const all: Handlers<Ops> = handlers;

export const silent: Handlers<Pick<Ops, 'setGallery'>> = {
  setGallery: ({ faces }, { progress }) => {
    // @ts-expect-error this operation reports no progress
    progress({ stage: 'Matching', done: 0, total: 1, unit: 'steps' });
    return { people: 1, faces: faces.length };
  },
};
