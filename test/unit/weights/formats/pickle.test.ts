import { describe, expect, it } from 'vitest';
import { readPickledLayers } from '../../../../src/weights/formats/pickle';
import { errorCode } from '../errorCode';
import { modelsFile, modelsFolder } from '../sources';

const code = (bytes: Uint8Array) => errorCode(() => readPickledLayers(bytes, 'det.npy'));

/** A pickled object array, as NumPy's header says it, of the given opcodes (latin-1). */
function pickled(opcodes: string, header = `{'descr': '|O', 'fortran_order': False, 'shape': (), }\n`): Uint8Array {
  const text = `\x93NUMPY\x01\x00${String.fromCharCode(header.length)}\x00${header}${opcodes}`;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const ARRAY = 'cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b\x87R';
const OBJECTS = '(K\x01)cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb';
const FLOATS = 'cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb';
/** The array [[1, 2]] (or a damaged one) below layer `fc`, part `weights`. */
const file = ({ shape = 'K\x01K\x02\x86', floats = FLOATS, order = '\x89', content = 'U\x08\0\0\x80?\0\0\0@' } = {}) =>
  `\x80\x02${ARRAY}${OBJECTS}\x89]}(U\x02fc}U\x07weights${ARRAY}(K\x01${shape}${floats}${order}${content}tbsuatb.`;

describe('pickled layers', () => {
  it('reads a dictionary of dictionaries of float32 arrays', () => {
    const layers = readPickledLayers(pickled(file()), 'det.npy');
    expect(layers.get('fc')?.get('weights')).toEqual({ shape: [1, 2], data: Float32Array.of(1, 2) });
  });

  it.each([
    ['a call of a function outside NumPy', `\x80\x02cos\nsystem\nU\x02ls\x85R.`],
    ['a name outside NumPy, even uncalled', `\x80\x02cbuiltins\neval\n.`],
    ['another NumPy function', `\x80\x02cnumpy\nload\nU\x02ls\x85R.`],
    ['a call of the array type itself', `\x80\x02cnumpy\nndarray\nK\x01\x85R.`],
    ['a persistent id', `\x80\x02Pid\n.`],
    ['an instance opcode', `\x80\x02(ios\nsystem\n.`],
    ['an object opcode', `\x80\x02(o.`],
    ['a stack global', `\x80\x02U\x02osU\x06system\x93.`],
    ['a long', `\x80\x02\x8a\x01\x01.`],
    ['protocol 4', `\x80\x04N.`],
    ['a reference to nothing', `\x80\x02h\x09.`],
    ['an empty stack', `\x80\x02.`],
    ['a mark as the result', `\x80\x02(.`],
    ['a tuple without a mark', `\x80\x02t.`],
    ['a name without an end', `\x80\x02c${'x'.repeat(200)}`],
    ['a negative length', `\x80\x02T\xff\xff\xff\xff.`],
    ['a number as a dictionary', `\x80\x02K\x01U\x01aK\x02s.`],
    ['nothing of use', `\x80\x02N.`],
    ['an array of other numbers', file({ floats: FLOATS.replace('f4', 'f8') })],
    ['an array of swapped bytes', file({ floats: FLOATS.replace('<', '>') })],
    ['a shape that is not numbers', file({ shape: 'U\x01aK\x02\x86' })],
    ['a shape beyond all measure', file({ shape: 'J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86' })],
    ['content that is not bytes', file({ content: ']' })],
  ])('refuses %s', (_, opcodes) => {
    expect(code(pickled(opcodes))).toBe('weights/bad-format');
  });

  it('refuses a file cut off anywhere, one with more behind its end, and arrays whose bytes do not fit their shape', () => {
    const whole = pickled(file());
    for (let length = 70; length < whole.length; length++) expect(code(whole.slice(0, length))).not.toBeNull();
    expect(code(whole.slice(0, whole.length - 1))).toBe('weights/truncated');
    expect(code(new Uint8Array([...whole, 0]))).toBe('weights/oversized');
    expect(code(pickled(file({ shape: 'K\x01K\x03\x86' })))).toBe('weights/truncated');
    expect(code(pickled(file({ shape: 'K\x01K\x01\x86' })))).toBe('weights/oversized');
  });

  it('reads an array in column order', () => {
    const content = 'U\x10\0\0\x80?\0\0\0@\0\0@@\0\0\x80@';
    const layers = readPickledLayers(pickled(file({ shape: 'K\x02K\x02\x86', order: '\x88', content })), 'det.npy');
    expect([...(layers.get('fc')?.get('weights')?.data ?? [])]).toEqual([1, 3, 2, 4]);
  });

  it.skipIf(!modelsFolder)("reads MTCNN's published files (needs FACENET_MODELS)", () => {
    const layers = readPickledLayers(modelsFile('mtcnn/det1.npy'), 'det1.npy');
    expect([...layers.keys()].sort()).toEqual([
      'PReLU1',
      'PReLU2',
      'PReLU3',
      'conv1',
      'conv2',
      'conv3',
      'conv4-1',
      'conv4-2',
    ]);
    expect(layers.get('conv1')?.get('weights')?.shape).toEqual([3, 3, 3, 10]);
  });
});
