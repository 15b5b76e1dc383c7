import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PRECISIONS } from '../../../src/core/types';
import { findEmbedder, findModel, FACENET, MOBILE_FACE_NET, MODELS, MTCNN } from '../../../src/weights/registry';
import { errorCode } from './errorCode';
import { embeddedSource, modelsFile, modelsFolder, packageFile } from './sources';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('registry', () => {
  it('knows three models by their ids and says so of any other', () => {
    expect(MODELS.map((row) => row.id)).toEqual(['facenet-20180402-114759', 'mobilefacenet-192', 'mtcnn']);
    expect(findModel('mtcnn').kind).toBe('detector');
    expect(findEmbedder('mobilefacenet-192').embeddingSize).toBe(192);
    expect(errorCode(() => findModel('facenet'))).toBe('weights/unknown-model');
    expect(errorCode(() => findEmbedder('mtcnn'))).toBe('weights/unknown-model');
  });

  it.each(MODELS)('gives bytes and SHA-256 of every source and file of $id', (row) => {
    for (const file of [...row.sources, ...Object.values(row.files)]) {
      expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(file.bytes).toBeGreaterThan(0);
    }
    expect(row.licence.length * row.credit.length).toBeGreaterThan(0);
    expect(Object.keys(row.files)).toEqual(PRECISIONS.filter((precision) => precision in row.files));
  });

  it('lists 266 sources for FaceNet, 94 MB, each with its address', () => {
    expect(FACENET.sources).toHaveLength(266);
    expect(new Set(FACENET.sources.map((source) => source.url)).size).toBe(266);
    expect(FACENET.sources.reduce((sum, source) => sum + source.bytes, 0)).toBe(93_905_344);
  });

  it('agrees with the files of the npm packages', async () => {
    const [source] = MOBILE_FACE_NET.sources;
    expect(digest(await embeddedSource())).toBe(source!.sha256);
    for (const source of MTCNN.sources) {
      const bytes = packageFile(source.path);
      expect([source.path, bytes.length, digest(bytes)]).toEqual([source.path, source.bytes, source.sha256]);
    }
  });

  it.skipIf(!modelsFolder)('agrees with the published files (needs FACENET_MODELS)', () => {
    for (const source of FACENET.sources) {
      const bytes = modelsFile(source.path);
      expect([source.path, bytes.length, digest(bytes)]).toEqual([source.path, source.bytes, source.sha256]);
    }
  });
});
