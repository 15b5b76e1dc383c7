import { expect, test } from 'vitest';
import { decisionLines, markdown, namedAdapter, summary, type LfwReport } from '../../../src/evaluate/lfwReport';

const report: LfwReport = {
  pairs: 98,
  leftOut: 2,
  pictures: 150,
  accuracy: { mean: 0.9875, std: 0.0125, interval: [0.9, 1], folds: [0.975, 1], thresholds: [0.365, 0.4] },
  val: { mean: 0.9, std: 0.05, far: 0.0011 },
  auc: 0.99912,
  eer: 0.0123,
  noFace: 1,
  noFacePictures: ['x'],
  failed: [{ picture: 'P|5/1', error: { code: 'image/empty', message: 'P|5/1 is empty.' } }],
  imagesPerSecond: 12.34,
  backend: 'webgpu',
  adapter: 'a card',
  model: 'm',
  options: {
    engine: 'litert',
    precision: 'int8',
    crops: ['facenet', 'similarity'],
    margins: [16, 32],
    flip: true,
    noFace: 'skip',
    minSize: null,
    thresholds: null,
    pictures: 'abc',
    distance: 'cosine',
    subtractMean: true,
    thresholdStep: 0.001,
    folds: 2,
    far: 0.001,
  },
  calibration: [{ far: 0.01, distance: 1.08817, impostors: 4567 }],
};

test('one line says how good it was', () => {
  expect(summary(report)).toBe(
    'accuracy 0.98750 ± 0.01250, VAL 0.90000 ± 0.05000 at FAR 0.00110, AUC 0.99912, EER 0.01230',
  );
});

test('the page tells figures, folds, calibration and how they were made', () => {
  const lines = markdown(report).split('\n');
  for (const line of [
    '| Accuracy | 0.98750 ± 0.01250 (95 % of the mean: 0.90000 – 1.00000) |',
    '| Pairs | 98 in 2 folds, 2 left out |',
    '| Pictures | 150, 1 without a face (skip), 1 could not be read |',
    '1 picture could not be read:',
    '| P\\|5/1 | P\\|5/1 is empty. |',
    '| Crop | mean of facenet, similarity, mean of margins 16, 32 |',
    '| Thresholds | in steps of 0.001 |',
    '| Speed | 12.3 pictures/s on webgpu (a card) |',
    '| 1 | 0.97500 | 0.365 |',
    '| 0.01 | 1.0882 | 4567 |',
  ])
    expect(lines).toContain(line);
});

test('both decisions stand in a table of the page, and in lines for the command', () => {
  const row = { accuracy: report.accuracy, val: report.val, auc: 0.99912, eer: 0.0123 };
  const decisions = {
    ...{ far: 0.001, same: 1200, different: 1 },
    plain: { ...row, threshold: 0.9492, recall: 0.96, falseAccepts: 0 },
    normalised: { ...row, auc: 0.998, threshold: 0.7681, recall: 0.95, falseAccepts: 0.5 },
  };
  const lines = markdown({ ...report, decisions }).split('\n');
  for (const line of [
    '| Distance | Accuracy | VAL at FAR 0.001 | AUC | EER | Default: 1 in 1,000 | Of 1,200 same pairs accepted | Of 1 different pair accepted |',
    '| plain | 0.98750 ± 0.01250 | 0.90000 (measured FAR 0.00110) | 0.99912 | 0.01230 | 0.949 | 0.96000 | 0.00000 |',
    '| normalised | 0.98750 ± 0.01250 | 0.90000 (measured FAR 0.00110) | 0.99800 | 0.01230 | 0.768 | 0.95000 | 0.50000 |',
  ])
    expect(lines).toContain(line);
  expect(markdown(report)).not.toContain('normalised');
  expect(decisionLines(decisions)).toEqual([
    `plain distance: ${summary(report)}`,
    '  at the default 0.949 (1 in 1,000): 0.96000 of 1,200 same pairs accepted, 0.00000 of 1 different pair',
    `normalised distance: ${summary({ ...report, auc: 0.998 })}`,
    '  at the default 0.768 (1 in 1,000): 0.95000 of 1,200 same pairs accepted, 0.50000 of 1 different pair',
  ]);
});

test('an adapter that computes on the CPU is never reported as a GPU', () => {
  expect(namedAdapter({ adapter: 'nvidia ampere', softwareAdapter: false })).toBe('nvidia ampere');
  expect(namedAdapter({ adapter: 'google swiftshader', softwareAdapter: true })).toBe(
    'google swiftshader, computed on the CPU',
  );
  expect(namedAdapter({ adapter: null, softwareAdapter: false })).toBeNull();
});

test('a model’s name can neither end the table nor be markup', () => {
  const model = 'a\r\r# b\u2028![c](d) **e** <script> &amp; `f` | g\nh';
  const page = markdown({ ...report, model });
  expect(page).not.toMatch(/[\r\u2028]|<script|^# b/m);
  expect(page).toContain('a \\# b \\!\\[c\\](d) \\*\\*e\\*\\* &lt;script&gt; &amp;amp; \\`f\\` \\| g h, int8');
});
