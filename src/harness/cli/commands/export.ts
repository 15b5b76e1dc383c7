import { Option, type Command } from 'commander';
import { PRECISIONS, type Precision } from '../../../core/types';
import { addEngineOptions, startOptions, type CommonFlags } from '../options';
import type { Reporter, Runner } from '../reporter';
import { withSession } from '../session';

interface ExportFlags extends CommonFlags {
  readonly form: Precision | 'facenet-pytorch';
  readonly out: string;
}

export function addExport(program: Command, run: Runner): void {
  const command = program
    .command('export')
    .description('write a model in another form: a coarser precision, or facenet-pytorch’s state dict')
    .requiredOption('--out <file>', 'the safetensors file to write')
    .addOption(
      new Option('--form <name>', 'what to write')
        .choices([...PRECISIONS, 'facenet-pytorch'])
        .default('facenet-pytorch'),
    );
  addEngineOptions(command).action(run(exportModel));
}

async function exportModel(flags: ExportFlags, reporter: Reporter): Promise<void> {
  await withSession(startOptions(flags), reporter, async ({ call, state, modelFile, withOutput }) => {
    const { form, out } = flags;
    const { bytes } = await withOutput(out, (address) =>
      call('exportModel', { id: state.model, ...(modelFile && { modelFile }), form }, address),
    );
    reporter.line(`${out}: ${state.model} as ${form}, ${(bytes / 1e6).toFixed(1)} MB`);
    reporter.object({ out, model: state.model, form, bytes });
  });
}
