import { expect, test } from 'vitest';
import { ADD, constant, get, I32, instantiate, type Code } from '../../../src/core/wasmCode';

const STORE_I32: Code = [0x36, 2, 0];

test('constants of any size come through, and each function is called by its own name', () => {
  const values = [0, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 1_000_000, 2 ** 31 - 1, -(2 ** 31)];
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { constants, sum } = instantiate(memory, [
    {
      name: 'constants',
      parameters: [],
      locals: [],
      body: values.map((value, i): Code => [constant(4 * i), constant(value), STORE_I32]),
    },
    { name: 'sum', parameters: [I32, I32, I32], locals: [], body: [get(0), get(1), get(2), ADD, STORE_I32] },
  ]);
  constants();
  expect([...new Int32Array(memory.buffer, 0, values.length)]).toEqual(values);
  sum(400, 20, 22);
  expect(new Int32Array(memory.buffer, 400, 1)[0]).toBe(42);
});
