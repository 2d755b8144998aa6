// Reads texts of columns of numbers after a head with a checksum. The contract is at the top of
// ginn/viewer_data/vlq.py.
"use strict";

{
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  const digitOf = new Uint8Array(128).fill(255);
  for (let digit = 0; digit < 64; digit += 1) digitOf[DIGITS.charCodeAt(digit)] = digit;

  /**
   * @param {string} text
   * @param {number} from
   * @returns {number} the Adler-32 checksum of the characters from `from` on
   */
  function adler32(text, from) {
    let a = 1;
    let b = 0;
    for (let at = from; at < text.length; at += 1) {
      a = (a + text.charCodeAt(at)) % 65521;
      b = (b + a) % 65521;
    }
    return b * 65536 + a;
  }

  /**
   * @param {unknown} given a text: a head and columns
   * @param {string} magic
   * @param {number} version
   * @param {number} count of the head's fields
   * @returns {{fields: string[], columns: string[]}}
   * @throws {Error} where the text is of another kind or version, or damaged
   */
  function parse(given, magic, version, count) {
    const text = String(given);
    const end = text.indexOf(";");
    const [kind, made, checksum, ...fields] = text.slice(0, Math.max(0, end)).split(",");
    if (kind !== magic || Number(made) !== version || fields.length !== count) {
      throw new Error(`starts with "${text.slice(0, 24)}", not with "${magic},${version}"`);
    }
    if (adler32(text, end + 1) !== Number(checksum)) throw new Error("its checksum is wrong");
    return { fields, columns: text.slice(end + 1).split(";") };
  }

  /**
   * @param {string | undefined} text base-64 variable-length quantities of up to 32 bits
   * @param {number} count
   * @returns {Int32Array} signed: a quantity of 32 bits whose highest bit is set is negative
   */
  function numbers(text = "", count) {
    const values = new Int32Array(count);
    let index = 0;
    let value = 0;
    let shift = 0;
    for (let at = 0; at < text.length; at += 1) {
      const digit = digitOf[text.charCodeAt(at)];
      value |= (digit & 31) << shift;
      shift += 5;
      if (digit < 32) {
        values[index] = value;
        index += 1;
        value = 0;
        shift = 0;
      }
    }
    if (index !== count) {
      throw new Error(`holds ${index} numbers, its head says ${count}`);
    }
    return values;
  }

  GINN.vlq = { DIGITS, parse, numbers };
}
