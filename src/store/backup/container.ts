/**
 * The encrypted file round a backup: a header, then the content in chunks.
 *
 *   8 bytes `FACENETB`, 1 version, 4 rounds of PBKDF2, 4 bytes a chunk, 16 salt, 7 nonce prefix; 32 bytes commitment
 *   each chunk: AES-256-GCM of its bytes, 16 bytes longer
 *
 * The chunks are the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, “Online Authenticated-Encryption and
 * its Nonce-Reuse Misuse-Resistance”, CRYPTO 2015): a chunk's nonce is the prefix, its index (4 bytes, big-endian) and 1
 * for the last one, else 0, so that none can be left out, swapped, repeated or added, nor the end be missing. The header
 * is each chunk's associated data.
 *
 * PBKDF2-SHA-256 of the passphrase (NFC) gives 32 bytes, of which HKDF-SHA-256 makes the key (info `facenet backup key`) and
 * the commitment (info `facenet backup commitment` and the header). AES-GCM alone does not commit to its key: a file can be
 * made that opens under two passphrases, with a content for each (Albertini and others, “How to Abuse and Fix Authenticated
 * Encryption Without Key Commitment”, 2022). It also tells a wrong passphrase from a damaged file.
 *
 * Versions 1 and 2, which are still read, used PBKDF2's bytes as the key, and had 16 bytes in the commitment's place: the
 * tag of nothing under the index 2³² − 1 and the flag 2, which no chunk has.
 */
import { FaceError } from '../../core/errors';

const MAGIC = new TextEncoder().encode('FACENETB');
/** 1 had only people and settings; 3 commits to its key. */
const BACKUP_VERSION = 3;
/** OWASP's figure for PBKDF2-SHA-256 (2023). */
export const ROUNDS = 600_000;
/** A damaged or hostile header must not keep the browser busy for minutes. */
const MAX_ROUNDS = 10_000_000;
const CHUNK_BYTES = 1 << 20;
const MAX_CHUNK_BYTES = 1 << 24;
const SALT = 17;
const PREFIX = 33;
const ASSOCIATED = 40;
const TAG = 16;
const COMMITMENT = 32;
export const HEADER_BYTES = ASSOCIATED + COMMITMENT;
const headerBytes = (version: number): number => (version < 3 ? ASSOCIATED + TAG : HEADER_BYTES);
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
  /** Where the first chunk begins. */
  readonly start: number;
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

/** What costs an attacker time: 32 bytes of the passphrase. */
async function stretch(passphrase: string, salt: Bytes, iterations: number): Promise<ArrayBuffer> {
  const secret = new TextEncoder().encode(passphrase.normalize('NFC'));
  const base = await crypto.subtle.importKey('raw', secret, 'PBKDF2', false, ['deriveBits']);
  return crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, base, 256);
}

const importKey = (bytes: ArrayBuffer): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);

/** The key of a file, and its commitment, which binds the header too. */
async function keyAndCommitment(stretched: ArrayBuffer, header: Bytes): Promise<{ key: CryptoKey; commitment: Bytes }> {
  const base = await crypto.subtle.importKey('raw', stretched, 'HKDF', false, ['deriveBits']);
  const expand = (...info: (string | Bytes)[]) =>
    new Blob(info)
      .arrayBuffer()
      .then((bytes) =>
        crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: bytes }, base, 256),
      );
  return {
    key: await importKey(await expand('facenet backup key')),
    commitment: new Uint8Array(await expand('facenet backup commitment', header)),
  };
}

/** The largest plain chunk that decrypts, or null where the tag is wrong. */
async function decrypt(keyed: Keyed, index: number, flag: number, data: Bytes): Promise<Bytes | null> {
  return crypto.subtle.decrypt(gcm(keyed, index, flag), keyed.key, data).then(
    (plain) => new Uint8Array(plain),
    () => null,
  );
}

/** Encrypts what `content` gives; yields the file's parts. At most a chunk and a piece are in memory. */
export async function* encryptBackup(
  passphrase: string,
  content: AsyncIterable<Bytes>,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Bytes> {
  const header = new Uint8Array(ASSOCIATED);
  const view = new DataView(header.buffer);
  header.set(MAGIC);
  view.setUint8(8, BACKUP_VERSION);
  view.setUint32(9, ROUNDS);
  view.setUint32(13, chunkBytes);
  crypto.getRandomValues(header.subarray(SALT));
  const { key, commitment } = await keyAndCommitment(
    await stretch(passphrase, header.slice(SALT, PREFIX), ROUNDS),
    header,
  );
  const keyed = { key, header, chunkBytes };
  const encrypt = async (index: number, flag: number, data: Bytes) =>
    new Uint8Array(await crypto.subtle.encrypt(gcm(keyed, index, flag), key, data));
  yield header;
  yield commitment;

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
  const start = headerBytes(version);
  if (head.length < start) throw new FaceError('backup/cut-off', { name });
  const rounds = view.getUint32(9);
  const chunkBytes = view.getUint32(13);
  const isSane = version >= 1 && rounds >= ROUNDS && rounds <= MAX_ROUNDS;
  if (!isSane || chunkBytes === 0 || chunkBytes > MAX_CHUNK_BYTES)
    throw new FaceError('backup/damaged', { name, reason: 'its header makes no sense' });
  const header = head.slice(0, ASSOCIATED);
  const stretched = await stretch(passphrase, head.slice(SALT, PREFIX), rounds);
  const check = head.slice(ASSOCIATED, start);
  const rest = { version, header, chunkBytes, start, file, name };
  if (version < 3) {
    const opened = { ...rest, key: await importKey(stretched) };
    if (await decrypt(opened, CHECK.index, CHECK.flag, check)) return opened;
  } else {
    const { key, commitment } = await keyAndCommitment(stretched, header);
    // Whoever tries it has the file: how long it takes tells nothing.
    if (commitment.every((byte, i) => byte === check[i])) return { ...rest, key };
  }
  throw new FaceError('backup/wrong-passphrase', { name });
}

/** The content, chunk after chunk, each verified before it is given. Throws `backup/cut-off`, `backup/damaged`. */
export async function* decryptBackup(
  opened: OpenedFile,
  onDone: (bytes: number) => void = () => {},
): AsyncGenerator<Bytes> {
  const { file, name, chunkBytes, start: first } = opened;
  const whole = chunkBytes + TAG;
  const count = Math.ceil((file.size - first) / whole);
  if (count < 1) throw new FaceError('backup/cut-off', { name });
  for (let index = 0; index < count; index++) {
    const start = first + index * whole;
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
