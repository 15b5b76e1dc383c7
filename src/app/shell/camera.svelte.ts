import { FaceError } from '../../core/errors';
import { toJpeg } from './thumbnail';

/** The camera's stream and devices. Nothing starts before `start`. */
export class Camera {
  status = $state<'off' | 'starting' | 'live'>('off');
  error = $state.raw<FaceError | null>(null);
  stream = $state.raw<MediaStream | null>(null);
  devices = $state.raw<readonly MediaDeviceInfo[]>([]);
  /** The device in use; null while off. */
  deviceId = $state<string | null>(null);
  label = $state('');
  #attempt = 0;
  readonly #onDeviceChange = (): void => void this.#devicesChanged();

  /** `deviceId` null: the browser chooses. Never rejects: see `error`. */
  async start(deviceId: string | null): Promise<void> {
    this.stop();
    const attempt = ++this.#attempt;
    this.status = 'starting';
    this.error = null;
    try {
      const stream = await openCamera(deviceId);
      if (attempt !== this.#attempt) {
        endTracks(stream); // stopped while the browser was still asking
        return;
      }
      await this.#take(stream);
    } catch (thrown) {
      if (attempt === this.#attempt) this.#fail(cameraError(thrown));
    }
  }

  stop(): void {
    this.#attempt++;
    if ('mediaDevices' in navigator) navigator.mediaDevices.removeEventListener('devicechange', this.#onDeviceChange);
    if (this.stream) endTracks(this.stream);
    this.stream = null;
    this.deviceId = null;
    this.status = 'off';
  }

  async #take(stream: MediaStream): Promise<void> {
    const track = stream.getVideoTracks()[0]!;
    track.addEventListener('ended', () => {
      if (this.stream === stream) this.#fail(new FaceError('camera/unplugged'));
    });
    navigator.mediaDevices.addEventListener('devicechange', this.#onDeviceChange);
    this.stream = stream;
    this.deviceId = track.getSettings().deviceId ?? null;
    this.label = track.label;
    this.status = 'live';
    await this.#listDevices();
  }

  async #devicesChanged(): Promise<void> {
    const { stream } = this;
    await this.#listDevices();
    if (!stream || stream !== this.stream) return;
    const gone = stream.getVideoTracks().every((track) => track.readyState === 'ended');
    const absent = this.deviceId !== null && !this.devices.some((device) => device.deviceId === this.deviceId);
    if (gone || absent) this.#fail(new FaceError('camera/unplugged'));
  }

  async #listDevices(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices();
    this.devices = all.filter((device) => device.kind === 'videoinput' && device.deviceId !== '');
  }

  #fail(error: FaceError): void {
    this.stop();
    this.error = error;
  }
}

async function openCamera(deviceId: string | null): Promise<MediaStream> {
  // Absent on pages served by plain http.
  if (!('mediaDevices' in navigator)) throw new FaceError('camera/not-found');
  const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
  const wanted = deviceId === null ? { facingMode: 'user' } : { deviceId: { exact: deviceId } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...size, ...wanted }, audio: false });
  } catch (thrown) {
    // The remembered camera is not connected: use any other.
    const gone = thrown instanceof DOMException && thrown.name === 'OverconstrainedError';
    if (gone && deviceId !== null) return await navigator.mediaDevices.getUserMedia({ video: size, audio: false });
    throw thrown;
  }
}

/** Maps the error names of getUserMedia (Media Capture and Streams). */
export function cameraError(thrown: unknown): FaceError {
  if (thrown instanceof FaceError) return thrown;
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return new FaceError('camera/refused');
  if (name === 'NotReadableError' || name === 'AbortError') return new FaceError('camera/in-use');
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return new FaceError('camera/not-found');
  return new FaceError('internal', { reason: thrown instanceof Error ? thrown.message : String(thrown) });
}

function endTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The frame that `video` shows now, as a JPEG. */
export async function takePicture(video: HTMLVideoElement): Promise<Blob> {
  return toJpeg(await createImageBitmap(video));
}
