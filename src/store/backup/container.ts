/**
 * The encrypted file round a backup: a header, then the content in chunks.
 *
 *   8 bytes `FACENETB`, 1 version, 4 rounds of PBKDF2, 4 bytes a chunk, 16 salt, 7 nonce prefix; 16 bytes key check
 *   each chunk: AES-256-GCM of its bytes, 16 bytes longer
 *
 * The chunks are the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, “Online Authenticated-Encryption and
 * its Nonce-Reuse Misuse-Resistance”, CRYPTO 2015): a chunk's nonce is the prefix, its index (4 bytes, big-endian) and 1
 * for the last one, else 0, so that none can be left out, swapped, repeated or added, nor the end be missing. The header
 * is each chunk's associated data. The key is PBKDF2-SHA-256's of the passphrase (NFC); the check is the tag of nothing
 * under the index 2³² − 1 and the flag 2, which no chunk has: it tells a wrong passphrase from a damaged file.
 */
import { FaceError } from '../../core/errors';

const MAGIC = new TextEncoder().encode('FACENETB');
/** 1 held people and settings alone; its container is the same. */
export const BACKUP_VERSION = 2;
/** OWASP's figure for PBKDF2-SHA-256 (2023). */
export const ROUNDS = 600_000;
/** A damaged or hostile header must not keep the browser busy for minutes. */
const MAX_ROUNDS = 10_000_000;
const CHUNK_BYTES = 1 << 20;
const MAX_CHUNK_BYTES = 1 << 24;
const LEAST_PASSPHRASE = 8;
const SALT = 17;
const PREFIX = 33;
const ASSOCIATED = 40;
const TAG = 16;
export const HEADER_BYTES = ASSOCIATED + TAG;
const CHECK = { index: 0xffff_ffff, flag: 2 } as const;

type Bytes = Uint8Array<ArrayBuffer>;
interface Keyed {
  readonly key: CryptoKey;
  /** The header without its check. */
  readonly header: Bytes;
  readonly chunkBytes: number;
}
/** A backup whose passphrase is right. Nothing of its content is checked yet. */
export interface OpenedFile extends Keyed {
  readonly version: number;
  readonly file: Blob;
  readonly name: string;
}

function gcm({ header }: Pick<Keyed, 'header'>, index: number, flag: number): AesGcmParams {
  const iv = new Uint8Array(12);
  iv.set(header.subarray(PREFIX, ASSOCIATED));
  new DataView(iv.buffer).setUint32(7, index);
  iv[11] = flag;
  return { name: 'AES-GCM', iv, additionalData: header };
}

async function deriveKey(passphrase: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const secret = new TextEncoder().encode(passphrase.normalize('NFC'));
  const base = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveKey']);
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** The largest plain chunk that decrypts, or null where the tag is wrong. */
async function decrypt(keyed: Keyed, index: number, flag: number, data: Bytes): Promise<Bytes | null> {
  return crypto.subtle.decrypt(gcm(keyed, index, flag), keyed.key, data).then(
    (plain) => new Uint8Array(plain),
    () => null,
  );
}

/**
 * Encrypts what `content` gives, piece after piece; yields the file's parts. At most a chunk and a piece are in memory.
 * Throws `backup/weak-passphrase`.
 */
export async function* encryptBackup(
  passphrase: string,
  content: AsyncIterable<Bytes>,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Bytes> {
  if ([...passphrase].length < LEAST_PASSPHRASE)
    throw new FaceError('backup/weak-passphrase', { least: LEAST_PASSPHRASE });
  const header = new Uint8Array(ASSOCIATED);
  const view = new DataView(header.buffer);
  header.set(MAGIC);
  view.setUint8(8, BACKUP_VERSION);
  view.setUint32(9, ROUNDS);
  view.setUint32(13, chunkBytes);
  crypto.getRandomValues(header.subarray(SALT));
  const key = await deriveKey(passphrase, header.slice(SALT, PREFIX), ROUNDS);
  const keyed = { key, header, chunkBytes };
  const encrypt = async (index: number, flag: number, data: Bytes) =>
    new Uint8Array(await crypto.subtle.encrypt(gcm(keyed, index, flag), key, data));
  yield header;
  yield await encrypt(CHECK.index, CHECK.flag, new Uint8Array(0));

  const chunk = new Uint8Array(chunkBytes);
  let index = 0;
  let filled = 0;
  for await (const piece of content) {
    for (let at = 0; at < piece.length;) {
      // A full chunk waits for the next byte: only then is it known not to be the last.
      if (filled === chunkBytes) {
        yield await encrypt(index++, 0, chunk);
        filled = 0;
      }
      const part = piece.subarray(at, at + chunkBytes - filled);
      chunk.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  yield await encrypt(index, 1, chunk.slice(0, filled));
}

/**
 * Reads the header and tries the passphrase. Throws `backup/not-a-backup`, `backup/newer-version`, `backup/cut-off`,
 * `backup/damaged`, `backup/wrong-passphrase`.
 */
export async function openBackupFile(file: Blob, name: string, passphrase: string): Promise<OpenedFile> {
  const head = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  if (head.length <= MAGIC.length || MAGIC.some((byte, i) => head[i] !== byte))
    throw new FaceError('backup/not-a-backup', { name });
  const view = new DataView(head.buffer);
  const version = view.getUint8(8);
  if (version > BACKUP_VERSION) throw new FaceError('backup/newer-version', { name });
  if (head.length < HEADER_BYTES) throw new FaceError('backup/cut-off', { name });
  const rounds = view.getUint32(9);
  const chunkBytes = view.getUint32(13);
  const isSane = version >= 1 && rounds >= ROUNDS && rounds <= MAX_ROUNDS;
  if (!isSane || chunkBytes === 0 || chunkBytes > MAX_CHUNK_BYTES)
    throw new FaceError('backup/damaged', { name, reason: 'its header makes no sense' });
  const header = head.slice(0, ASSOCIATED);
  const key = await deriveKey(passphrase, head.slice(SALT, PREFIX), rounds);
  const opened = { version, key, header, chunkBytes, file, name };
  if (!(await decrypt(opened, CHECK.index, CHECK.flag, head.slice(ASSOCIATED))))
    throw new FaceError('backup/wrong-passphrase', { name });
  return opened;
}

/** The content, chunk after chunk, each verified before it is given. Throws `backup/cut-off`, `backup/damaged`. */
export async function* decryptBackup(
  opened: OpenedFile,
  onDone: (bytes: number) => void = () => {},
): AsyncGenerator<Bytes> {
  const { file, name, chunkBytes } = opened;
  const whole = chunkBytes + TAG;
  const count = Math.ceil((file.size - HEADER_BYTES) / whole);
  if (count < 1) throw new FaceError('backup/cut-off', { name });
  for (let index = 0; index < count; index++) {
    const start = HEADER_BYTES + index * whole;
    const data = new Uint8Array(await file.slice(start, start + whole).arrayBuffer());
    const isLast = index === count - 1;
    const plain = data.length < TAG ? null : await decrypt(opened, index, isLast ? 1 : 0, data);
    if (!plain && isLast) throw new FaceError('backup/cut-off', { name });
    if (!plain)
      throw new FaceError('backup/damaged', { name, reason: `part ${index + 1} of ${count} is not as written` });
    yield plain;
    onDone(Math.min(file.size, start + whole));
  }
}
