// Writes WebAssembly modules: the instructions that the training kernel needs, and the binary format.
// Opcodes are those of the WebAssembly core specification, release 2 (with fixed-width vectors).
"use strict";

/**
 * Writes one function. Each method appends an instruction; operands come from the stack.
 * @typedef {object} Code
 * @property {() => number[]} body the whole function
 * @property {(type: "i32" | "v128") => number} local adds a local variable and gives its number
 * @property {(...names: string[]) => void} op instructions without immediates
 * @property {(local: number) => void} get
 * @property {(local: number) => void} set
 * @property {(value: number) => void} int puts a 32-bit integer on the stack
 * @property {(value: number) => void} floats puts a vector of four equal float32 on the stack
 * @property {(...values: number[]) => void} ints puts a vector of 32-bit integers on the stack, four or
 *   one for all
 * @property {(name: string, offset: number) => void} memory reads or writes
 *   at the address on the stack plus an offset
 * @property {(lane: number, offset: number) => void} storeLane writes one lane of a vector
 * @property {(lane: number) => void} lane reads one lane of a vector as an integer
 * @property {(lanes: number[]) => void} shuffle picks four lanes of two vectors, 0 to 7
 * @property {(local: number, stop: number, step: number, body: () => void) => void} loop counts a local
 *   from 0 while it is below `stop`; the body runs at least once
 * @property {(body: () => void) => void} unless runs the body if the number on the stack is 0
 */

{
  const V = 0xfd; // the prefix of vector instructions
  const I32 = 0x7f;
  const V128 = 0x7b;
  const TYPES = { i32: I32, v128: V128 };
  /** @type {Record<string, number[]>} */
  const OPCODES = {
    "i32.load8_u": [0x2d], "i32.load": [0x28], "i32.store": [0x36],
    "i32.add": [0x6a], "i32.mul": [0x6c], "i32.and": [0x71], "i32.shr_u": [0x76], "i32.lt_u": [0x49],
    "v128.load": [V, 0x00], "v128.load32_splat": [V, 0x09], "v128.store": [V, 0x0b],
    "v128.xor": [V, 0x51], "v128.and": [V, 0x4e], "v128.andnot": [V, 0x4f],
    "i32x4.splat": [V, 0x11], "i32x4.add": [V, 0xae, 0x01], "i32x4.sub": [V, 0xb1, 0x01],
    "i32x4.mul": [V, 0xb5, 0x01], "i32x4.shl": [V, 0xab, 0x01],
    "i64x2.extmul_low_u": [V, 0xde, 0x01], "i64x2.extmul_high_u": [V, 0xdf, 0x01],
    "i32x4.trunc_u": [V, 0xf9, 0x01], "f32x4.convert_u": [V, 0xfb, 0x01],
    "f32x4.lt": [V, 0x43], "f32x4.gt": [V, 0x44], "f32x4.abs": [V, 0xe0, 0x01],
    "f32x4.neg": [V, 0xe1, 0x01], "f32x4.sqrt": [V, 0xe3, 0x01], "f32x4.add": [V, 0xe4, 0x01],
    "f32x4.sub": [V, 0xe5, 0x01], "f32x4.mul": [V, 0xe6, 0x01], "f32x4.div": [V, 0xe7, 0x01],
    "f32x4.pmin": [V, 0xea, 0x01], "f32x4.pmax": [V, 0xeb, 0x01],
  };
  const END = 0x0b;

  /** @type {(value: number) => number[]} LEB128 of an unsigned number */
  const unsigned = (value) => {
    const bytes = [];
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
    return [...bytes, rest];
  };

  /** @type {(value: number) => number[]} LEB128 of a 32-bit integer with a sign */
  const signed = (value) => {
    const bytes = [];
    let rest = value | 0;
    for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
    return [...bytes, rest & 0x7f];
  };

  /** @type {(words: Float32Array | Int32Array) => number[]} */
  const bytesOf = (words) => [...new Uint8Array(words.buffer)];

  /** @type {(items: number[][]) => number[]} */
  const vector = (items) => [...unsigned(items.length), ...items.flat()];

  /** @type {(bytes: number[]) => number[]} */
  const sized = (bytes) => [...unsigned(bytes.length), ...bytes];

  /** @type {(text: string) => number[]} */
  const named = (text) => sized([...text].map((letter) => letter.charCodeAt(0)));

  /**
   * @param {number} parameters the number of the function's parameters, all 32-bit integers
   * @returns {Code}
   */
  function create(parameters) {
    /** @type {number[]} */
    const bytes = [];
    /** @type {number[][]} */
    const locals = [];
    const put = (/** @type {number[][]} */ ...parts) => bytes.push(...parts.flat());
    /** @type {Code} */
    const code = {
      body: () => sized([...vector(locals), ...bytes, END]),
      local: (type) => parameters - 1 + locals.push([1, TYPES[type]]),
      op: (...names) => names.forEach((name) => put(OPCODES[name])),
      get: (local) => put([0x20], unsigned(local)),
      set: (local) => put([0x21], unsigned(local)),
      int: (value) => put([0x41], signed(value)),
      floats: (value) => put([V, 0x0c], bytesOf(new Float32Array(4).fill(value))),
      ints: (...values) => put([V, 0x0c],
        bytesOf(Int32Array.from({ length: 4 }, (_, lane) => values[lane] ?? values[0]))),
      // The alignment is a hint; 2 stands for four bytes, and 0 is right for single bytes, too.
      memory: (name, offset) => put(OPCODES[name], [name === "i32.load8_u" ? 0 : 2], unsigned(offset)),
      storeLane: (lane, offset) => put([V, 0x5a, 2], unsigned(offset), [lane]),
      lane: (lane) => put([V, 0x1b, lane]),
      shuffle: (lanes) => put([V, 0x0d], lanes.flatMap((lane) => [0, 1, 2, 3].map((b) => 4 * lane + b))),
      loop(local, stop, step, body) {
        code.int(0);
        code.set(local);
        put([0x03, 0x40]);
        body();
        code.get(local);
        code.int(step);
        code.op("i32.add");
        put([0x22], unsigned(local));
        code.int(stop);
        code.op("i32.lt_u");
        put([0x0d, 0, END]);
      },
      unless(body) {
        put([0x45, 0x04, 0x40]);
        body();
        put([END]);
      },
    };
    return code;
  }

  /**
   * @param {{name: string, parameters: number, body: number[]}[]} functions
   * @param {number} size bytes of memory
   * @returns {Uint8Array<ArrayBuffer>} a module that exports the functions and its memory
   */
  function assemble(functions, size) {
    const section = (/** @type {number} */ id, /** @type {number[]} */ content) =>
      [id, ...sized(content)];
    const pages = Math.ceil(size / 65536);
    return Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, vector(functions.map(({ parameters }) =>
        [0x60, ...sized(Array(parameters).fill(I32)), 0]))),
      ...section(3, vector(functions.map((_, index) => [index]))),
      ...section(5, [1, 0, ...unsigned(pages)]),
      ...section(7, vector([
        [...named("memory"), 2, 0],
        ...functions.map(({ name }, index) => [...named(name), 0, index]),
      ])),
      ...section(10, vector(functions.map(({ body }) => body))),
    ]);
  }

  GINN.assembler = { create, assemble };
}
