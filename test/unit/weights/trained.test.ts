import { describe, expect, it } from 'vitest';
import type { EmbedderRow } from '../../../src/weights/modelRow';
import { decisionOf, farAt, thresholdAt } from '../../../src/weights/calibration';
import { fileOf } from '../../../src/train/trainedFiles';
import {
  dataStart,
  readMetadata,
  readSafetensors,
  withMetadata,
  writeSafetensors,
} from '../../../src/weights/formats/safetensors';
import { eightBitRows, ownCohort } from '../../../src/weights/cohorts';
import { FACENET } from '../../../src/weights/registry';
import {
  describeTrained,
  isTrainedFile,
  readInfo,
  readTrained,
  trainedId,
  trainedInfo,
  trainedRow,
  type TrainedDetails,
} from '../../../src/weights/trained';
import { trainedCohortOf } from '../../../src/weights/trainedCohort';
import { foldedWeights } from '../../../src/train/trainedFiles';
import { OWN_COHORT, ownCentres, SMALL, smallFile, smallWeights, withCentres } from '../../fixtures/trainedModel';
import { errorCode, rejectionCode } from './errorCode';

const file = await smallFile({ people: ['Ada', '<b>Bo</b>'], selfTest: Array.from({ length: 16 }, () => 0.25) });

/** The file with one field of its description changed. */
function changed(field: string, value: unknown): Uint8Array<ArrayBuffer> {
  const metadata = new Map(readMetadata(file, 'x'));
  const info = JSON.parse(metadata.get('facenet-web')!) as object;
  return withMetadata(file, metadata.set('facenet-web', JSON.stringify({ ...info, [field]: value })), 'x');
}

describe('a trained model’s file', () => {
  it('says of itself what the registry says of others', async () => {
    expect(isTrainedFile(file)).toBe(true);
    expect(isTrainedFile(file.slice(0, dataStart(file, 'x'))), 'from its header alone').toBe(true);
    expect(isTrainedFile(smallWeights())).toBe(false);
    const { info, precision, weights } = await readTrained(file, 'mine');
    expect(precision).toBe('float32');
    expect(weights.get('InceptionResnetV1/Bottleneck/weights')!.shape).toEqual([16, 224]);
    expect(info).toMatchObject({
      id: await trainedId(smallWeights()),
      title: 'My family',
      base: null,
      architecture: 'inceptionResnetV1',
      width: 0.125,
      embeddingSize: 16,
      inputSize: 80,
      crop: 'facenet',
      standardisation: { mean: [127.5, 127.5, 127.5], divisor: 128 },
      normalised: true,
      people: ['Ada', '<b>Bo</b>'],
    });
    const row: EmbedderRow = trainedRow(info, {});
    expect(row).toMatchObject({ kind: 'embedder', id: info.id, sources: [], trained: { run: 'run-1' } });
  });

  it('has its measured distance at the measured rate, and its base’s calibration scaled to it elsewhere', async () => {
    const info = await trainedInfo(smallWeights(), SMALL);
    expect(info.threshold).toBeCloseTo(FACENET.threshold / 2, 4);
    expect(thresholdAt(info, 1e-3)).toBeCloseTo(FACENET.threshold / 2, 4);
    expect(farAt(info, thresholdAt(FACENET, 1e-5) / 2)).toBeCloseTo(1e-5, 6);
    expect(info.calibration.every(({ impostors }) => impostors === 4950)).toBe(true);
  });

  it('has its base’s threshold and calibration, and its terms, where only a head was trained', async () => {
    const info = await trainedInfo(smallWeights(), { ...SMALL, base: FACENET.id, measured: null });
    expect(info).toMatchObject({ base: FACENET.id, threshold: FACENET.threshold, calibration: FACENET.calibration });
    expect(info.licence).toContain('research');
  });

  it('has the cohort of its base where only a head was trained, and so decides as that does', async () => {
    const details = {
      ...SMALL,
      ...{ embeddingSize: 512, base: FACENET.id, measured: null, cohort: trainedCohortOf(FACENET) },
    };
    const headOnly = trainedRow(await trainedInfo(smallWeights(), details), {});
    expect(headOnly.cohort).toBe(FACENET.cohort);
    expect(decisionOf(headOnly)).toEqual(decisionOf(FACENET));
    expect(trainedRow(readInfo(await smallFile(details), 'x'), {}).cohort, 'written and read').toBe(FACENET.cohort);
    const again = await trainedInfo(
      smallWeights(),
      { ...details, base: headOnly.id, cohort: trainedCohortOf(headOnly) },
      [headOnly],
    );
    expect(trainedRow(again, {}).cohort, 'upon a model of which only a head was trained').toBe(FACENET.cohort);
    const scratch = await trainedInfo(smallWeights(), SMALL);
    expect(scratch.cohort).toBeNull();
    expect(trainedRow(scratch, {}).cohort).toBeUndefined();
  });

  it('of the version that knew no cohorts has its base’s if its calibration is that of the base', async () => {
    const old = async (details: Partial<TrainedDetails>) => {
      const metadata = new Map(readMetadata(await smallFile(details), 'x'));
      const text = JSON.stringify({ ...(JSON.parse(metadata.get('facenet-web')!) as object), cohort: undefined });
      const info = readInfo(withMetadata(smallWeights(), metadata.set('facenet-web', text), 'x'), 'x');
      expect(info).not.toHaveProperty('cohort');
      return trainedRow(info, {});
    };
    expect((await old({ base: FACENET.id, measured: null, embeddingSize: 512 })).cohort).toBe(FACENET.cohort);
    expect((await old({ base: FACENET.id, embeddingSize: 512 })).cohort, 'trained deeper').toBeUndefined();
    expect((await old({})).cohort, 'from scratch').toBeUndefined();
  });

  it('has an id of its weights: another title keeps it, another number does not', async () => {
    const info = readInfo(file, 'x');
    const renamed = await describeTrained(file, { ...info, title: 'Other' });
    expect(readInfo(renamed, 'x')).toEqual({ ...info, title: 'Other' });
    expect(await trainedId(renamed)).toBe(info.id);
    expect(await trainedId(smallWeights(false, 2))).not.toBe(info.id);
  });

  it('is refused when a byte of its weights has changed, or bytes are missing or too many', async () => {
    const damaged = file.slice();
    damaged[damaged.length - 5]! ^= 1;
    expect(await rejectionCode(readTrained(damaged, 'x'))).toBe('weights/hash-mismatch');
    expect(await rejectionCode(readTrained(file.slice(0, -1), 'x'))).toBe('weights/truncated');
    expect(await rejectionCode(readTrained(Uint8Array.of(...file.slice(0, 200)), 'x'))).toBe('weights/truncated');
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    expect(await rejectionCode(readTrained(longer, 'x'))).toBe('weights/oversized');
    expect(await rejectionCode(readTrained(smallWeights(), 'x'))).toBe('weights/bad-format');
  });

  it('is refused when its weights hold what is no number', async () => {
    const bytes = smallWeights();
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, NaN, true);
    const described = await describeTrained(bytes, await trainedInfo(bytes, SMALL));
    expect(await rejectionCode(readTrained(described, 'x'))).toBe('weights/bad-format');
  });

  it.each([
    ['infinity', 0x7c00],
    ['−infinity', 0xfc00],
    ['no number', 0x7e01],
  ])('is refused when a half-precision weight is %s', async (_what, half) => {
    const bytes = fileOf(readSafetensors(smallWeights(true), 'x'), 'float16');
    const sound = await describeTrained(bytes, await trainedInfo(bytes, SMALL));
    expect((await readTrained(sound, 'x')).precision).toBe('float16');
    const network = new Map(readSafetensors(bytes, 'x'));
    for (const [name, tensor] of network)
      if (tensor.dtype === 'float16')
        network.set(name, { ...tensor, data: tensor.data.map((value, i) => (i === 1 ? half : value)) });
    const damaged = await describeTrained(writeSafetensors(network), await trainedInfo(smallWeights(), SMALL));
    expect(await rejectionCode(readTrained(damaged, 'x'))).toBe('weights/bad-format');
  });

  it.each([
    ['id', 'facenet-20180402-114759'],
    ['id', 'trained-XYZ'],
    ['title', 7],
    ['title', 'x'.repeat(101)],
    ['createdAt', -1],
    ['base', 3],
    ['architecture', 'resnet50'],
    ['width', 0],
    ['width', 'NaN'],
    ['embeddingSize', 1e9],
    ['embeddingSize', 1.5],
    ['inputSize', 16],
    ['standardisation', null],
    ['standardisation', { mean: [1, 2], divisor: 1 }],
    ['standardisation', { mean: [1, 2, 3], divisor: 0 }],
    ['crop', 'constructor'],
    ['normalised', 1],
    ['threshold', -1],
    ['threshold', 2.01], // its embeddings have length 1: everybody would be everybody
    ['defaultFar', 0],
    ['calibration', []],
    ['calibration', [null, null]],
    [
      'calibration',
      [
        { far: 0.1, distance: 1, impostors: 1 },
        { far: 0.1, distance: 2, impostors: 1 },
      ],
    ],
    [
      'calibration',
      [
        { far: 0.1, distance: 2, impostors: 1 },
        { far: 0.2, distance: 1, impostors: 1 },
      ],
    ],
    ['cohort', { of: 'another' }],
    ['cohort', { of: FACENET.id }], // of 512 numbers, and its embeddings have 16
    ['cohort', 'facenet'],
    ['people', 'everybody'],
    ['people', [1]],
    ['selfTest', [1, 2]],
    ['selfTest', 'x'],
    ['licence', undefined],
  ])('is refused when its description’s %s is %j', (field, value) => {
    expect(errorCode(() => readInfo(changed(field, value), 'x'))).toBe('weights/bad-format');
  });
});

describe('a trained model with a cohort of its own', () => {
  const weights = withCentres(smallWeights());
  const details = { ...SMALL, cohort: { own: OWN_COHORT } };

  it.each(['float32', 'float16', 'int8'] as const)('keeps it in its %s file and decides by it', async (precision) => {
    const info = await trainedInfo(weights, details);
    const folded = foldedWeights(trainedRow(info, {}), readSafetensors(weights, 'x'));
    const read = await readTrained(await describeTrained(fileOf(folded, precision), info), 'x');
    expect(read.precision).toBe(precision);
    const row = trainedRow(read.info, {});
    expect(decisionOf(row)).toEqual({
      calibration: OWN_COHORT.calibration,
      threshold: thresholdAt(OWN_COHORT, row.defaultFar),
    });
    const { id, nearest, power, reference, centres } = ownCohort(row, read.weights, 'x')!;
    expect({ id, nearest, power, reference }).toEqual({ id: info.id, nearest: 2, power: 0.5, reference: 0.3 });
    ownCentres().forEach((value, i) => expect(Math.abs(centres[i]! - value)).toBeLessThan(0.01));
    expect(trainedCohortOf(row), 'a head trained upon it keeps it').toEqual(details.cohort);
  });

  const tensor = (centres: Float32Array, size = 16) => eightBitRows(centres, size);
  const faint = { ...tensor(ownCentres()), data: tensor(ownCentres()).data.map((code) => code >> 1) };
  it.each([
    ['no centres', null],
    ['centres of another size', tensor(ownCentres(), 8)],
    ['fewer centres than it is to use', tensor(ownCentres().slice(0, 16))],
    ['more centres than any', tensor(new Float32Array(16 * 4097).fill(0.25))],
    ['centres of no direction', tensor(new Float32Array(64))],
    ['centres that were not written so', faint],
    ['centres in other numbers', { dtype: 'float32', shape: [4, 16], data: ownCentres() } as const],
  ])('is refused with %s', async (_, centres) => {
    const bytes = centres ? withCentres(smallWeights(), centres) : smallWeights();
    const whole = await describeTrained(bytes, await trainedInfo(bytes, details));
    expect(await rejectionCode(readTrained(whole, 'x'))).toBe('weights/bad-format');
  });

  it.each([
    ['nearest', 0],
    ['nearest', 1.5],
    ['power', 3],
    ['reference', 0],
    ['estimatedBelow', -1],
    ['calibration', [{ far: 0.1, distance: 1, impostors: 5 }]],
  ])('is refused with %s %j', async (field, value) => {
    const info = await trainedInfo(weights, { ...details, cohort: { own: { ...OWN_COHORT, [field]: value } } });
    expect(await rejectionCode(readTrained(await describeTrained(weights, info), 'x'))).toBe('weights/bad-format');
  });
});
