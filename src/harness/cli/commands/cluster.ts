import { Option, type Command } from 'commander';
import { count } from '../../../core/count';
import { averageLinkage } from '../../../cluster/averageLinkage';
import { chineseWhispers } from '../../../cluster/chineseWhispers';
import { dbscan } from '../../../cluster/dbscan';
import { groupFaces } from '../../../cluster/groupFaces';
import { groupsOf } from '../../../cluster/labels';
import { packPoints, type Faces } from '../../../cluster/points';
import { badValue } from '../../../core/errors';
import { decisionOf, ratesOf } from '../../../weights/calibration';
import { findEmbedder } from '../../../weights/registry';
import { addFaceOptions, detectOptions, likeness, startOptions, wholeNumber, type CommonFlags } from '../options';
import type { ClusterOutput, Failure } from '../output';
import type { Reporter, Runner } from '../reporter';
import { vectorOf } from '../faceVector';
import { eachResult, findPictures } from '../run';
import { withSession } from '../session';

const METHODS = ['nearest', 'average', 'chinese-whispers', 'dbscan'] as const;
type MethodName = (typeof METHODS)[number];
const SEED = 1;
const ROUNDS = 20;

interface ClusterFlags extends CommonFlags {
  readonly method: MethodName;
  readonly threshold?: number;
  readonly minImages: number;
  readonly faces: 'all' | 'best';
}

export function addCluster(program: Command, run: Runner): void {
  const command = program
    .command('cluster')
    .description('group the faces in a folder of pictures by person')
    .argument('<folder>', 'the pictures')
    .addOption(new Option('--method <name>', 'how faces are grouped').choices(METHODS).default('nearest'))
    .option(
      '--threshold <number>',
      'of average and dbscan a distance (1.05, 1.0), of chinese-whispers a cosine (0.55)',
      likeness,
    )
    .option('--min-images <n>', 'smallest group; faces of smaller ones are ungrouped', wholeNumber(1, 1_000_000), 2)
    .addOption(
      new Option('--faces <which>', 'of each picture all faces, or the most probable')
        .choices(['all', 'best'])
        .default('all'),
    );
  addFaceOptions(command, 'turned').action(run(cluster));
}

async function cluster(folder: string, flags: ClusterFlags, reporter: Reporter): Promise<void> {
  if (flags.method === 'nearest' && flags.threshold !== undefined)
    throw badValue(
      '--threshold',
      flags.threshold,
      'the method nearest takes its distances from the model’s calibration.',
    );
  const files = await findPictures([folder], reporter);
  await withSession(startOptions(flags), reporter, async (session) => {
    const vectors: Float32Array[] = [];
    const scales: number[] = [];
    /** By face, its picture's place. */
    const photos: number[] = [];
    const paths: string[] = [];
    const noFacePictures: string[] = [];
    const failed: Failure[] = [];
    const results = eachResult(session, reporter, files, failed, async (picture) => {
      const options = { ...detectOptions(flags), faces: flags.faces };
      const { faces } = await session.call('recognise', picture, options);
      return faces.map(({ embedding }) => vectorOf(session, embedding));
    });
    for await (const { file, result } of results) {
      if (result.length === 0) noFacePictures.push(file.path);
      for (const { vector, scale } of result) {
        vectors.push(vector);
        scales.push(scale);
        photos.push(paths.length);
      }
      paths.push(file.path);
    }
    const faces = { ...packPoints(vectors), scales: Float64Array.from(scales) };
    const groups = picturesOfGroups(group(faces, photos, session.state.model, flags), photos, paths)
      .filter((pictures) => pictures.length >= flags.minImages)
      .sort((a, b) => b.length - a.length);
    const grouped = new Set(groups.flat());
    const withFace = new Set(photos);
    const ungrouped = paths.filter((path, i) => withFace.has(i) && !grouped.has(path));
    const output: ClusterOutput = {
      model: session.state.model,
      method: flags.method,
      pictures: paths.length,
      faces: vectors.length,
      noFace: noFacePictures.length,
      noFacePictures,
      groups,
      ungrouped,
      failed,
    };
    for (const [i, pictures] of groups.entries()) {
      reporter.line(`Group ${i + 1}: ${count(pictures.length, 'picture')}`);
      for (const picture of pictures) reporter.line(`  ${picture}`);
    }
    if (paths.length > 0 && vectors.length === 0)
      reporter.line(`No face was found in ${folder}: there is nobody to group.`);
    reporter.line(
      `${count(groups.length, 'group')}; ${count(ungrouped.length, 'picture')} in none, ${noFacePictures.length} without a face`,
    );
    reporter.object(output);
  });
}

/** A label a face; two faces of one picture are kept apart by the methods that can. */
function group(faces: Faces, photos: number[], model: string, { method, threshold }: ClusterFlags): Int32Array {
  switch (method) {
    case 'nearest':
      return groupFaces(faces, { rates: ratesOf(decisionOf(findEmbedder(model))), photos });
    case 'average':
      return averageLinkage(faces, { threshold: threshold ?? 1.05, photos });
    case 'chinese-whispers':
      return chineseWhispers(faces, { similarity: threshold ?? 0.55, rounds: ROUNDS, seed: SEED });
    case 'dbscan':
      return dbscan(faces, { eps: threshold ?? 1, minSamples: 1 });
  }
}

function picturesOfGroups(labels: Int32Array, photos: readonly number[], paths: readonly string[]): string[][] {
  return groupsOf(labels).map((faces) => [...new Set(faces.map((face) => paths[photos[face]!]!))]);
}
