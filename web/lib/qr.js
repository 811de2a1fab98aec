// QR codes for short links: byte mode, error correction L, versions 1 to 5 (one block of data).

const DATA_BYTES = [0, 19, 34, 55, 80, 108];
const CORRECTION_BYTES = [0, 7, 10, 15, 20, 26];
const FORMAT_GENERATOR = 0b10100110111;
const FORMAT_MASK = 0b101010000010010;
const LEVEL_L = 0b01;
/** @typedef {(boolean | null)[][]} Cells true for dark, null for not drawn yet */
/** @typedef {(x: number, y: number, dark: unknown) => void} Put */

/** @type {((x: number, y: number) => boolean)[]} */
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/**
 * Returns the rows of a code, true for dark, or null if the text is too long.
 * @param {string} text
 */
export function qr(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = DATA_BYTES.findIndex((room) => room >= bytes.length + 2);
  if (version < 1) {
    return null;
  }
  const data = codewords(bytes, DATA_BYTES[version]);
  const bits = [...data, ...remainder(data, CORRECTION_BYTES[version])].flatMap((byte) => toBits(byte, 8));
  const tried = MASKS.map((_, mask) => drawn(version, bits, mask));
  return tried.reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
}

/** @param {number} value @param {number} length */
function toBits(value, length) {
  return Array.from({ length }, (_, index) => (value >> (length - 1 - index)) & 1);
}

/** @param {number[]} bytes @param {number} room */
function codewords(bytes, room) {
  const bits = [...toBits(0b0100, 4), ...toBits(bytes.length, 8), ...bytes.flatMap((byte) => toBits(byte, 8))];
  bits.push(...toBits(0, Math.min(4, room * 8 - bits.length)));
  bits.push(...toBits(0, (8 - (bits.length % 8)) % 8));
  const words = [];
  for (let at = 0; at < bits.length; at += 8) {
    words.push(parseInt(bits.slice(at, at + 8).join(""), 2));
  }
  for (let pad = 0xec; words.length < room; pad ^= 0xec ^ 0x11) {
    words.push(pad);
  }
  return words;
}

/** Multiplies in the Galois field. @param {number} a @param {number} b */
function times(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> bit) & 1) * a);
  }
  return product;
}

/**
 * Returns the remainder of the data, divided by the generator polynomial of Reed and Solomon.
 * @param {number[]} data
 * @param {number} degree
 */
function remainder(data, degree) {
  const divisor = Array(degree).fill(0);
  divisor[degree - 1] = 1;
  for (let root = 1, round = 0; round < degree; round++, root = times(root, 2)) {
    for (let at = 0; at < degree; at++) {
      divisor[at] = times(divisor[at], root) ^ (divisor[at + 1] ?? 0);
    }
  }
  const rest = Array(degree).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    divisor.forEach((each, at) => { rest[at] ^= times(each, factor); });
  }
  return rest;
}

/** @param {number} version @param {number[]} bits @param {number} mask */
function drawn(version, bits, mask) {
  const size = 17 + 4 * version;
  /** @type {Cells} */
  const cells = Array.from({ length: size }, () => Array(size).fill(null));
  /** @type {Put} */
  const put = (x, y, dark) => {
    if (x >= 0 && y >= 0 && x < size && y < size) {
      cells[y][x] = Boolean(dark);
    }
  };
  for (const [left, top] of [[0, 0], [size - 7, 0], [0, size - 7]]) {
    for (let y = -1; y < 8; y++) {
      for (let x = -1; x < 8; x++) {
        const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
        put(left + x, top + y, ring !== 2 && ring !== 4);
      }
    }
  }
  for (let at = 8; at < size - 8; at++) {
    put(at, 6, at % 2 === 0);
    put(6, at, at % 2 === 0);
  }
  if (version > 1) {
    for (let y = -2; y <= 2; y++) {
      for (let x = -2; x <= 2; x++) {
        put(size - 7 + x, size - 7 + y, Math.max(Math.abs(x), Math.abs(y)) !== 1);
      }
    }
  }
  drawFormat(put, size, mask);
  fillIn(cells, size, bits, MASKS[mask]);
  return cells;
}

/** @param {Put} put @param {number} size @param {number} mask */
function drawFormat(put, size, mask) {
  const data = (LEVEL_L << 3) | mask;
  let rest = data;
  for (let round = 0; round < 10; round++) {
    rest = (rest << 1) ^ ((rest >> 9) * FORMAT_GENERATOR);
  }
  const format = ((data << 10) | rest) ^ FORMAT_MASK;
  const bit = (/** @type {number} */ at) => (format >> at) & 1;
  const skip = (/** @type {number} */ at) => (at < 6 ? at : at + 1);
  for (let at = 0; at < 8; at++) {
    put(8, skip(at), bit(at));
    put(size - 1 - at, 8, bit(at));
  }
  put(7, 8, bit(8));
  put(8, size - 8, true);
  for (let at = 9; at < 15; at++) {
    put(14 - at, 8, bit(at));
  }
  for (let at = 8; at < 15; at++) {
    put(8, size - 15 + at, bit(at));
  }
}

/** @param {Cells} cells @param {number} size @param {number[]} bits @param {(typeof MASKS)[number]} masked */
function fillIn(cells, size, bits, masked) {
  let at = 0;
  let up = true;
  for (let right = size - 1; right > 0; right -= 2, up = !up) {
    if (right === 6) {
      right = 5; // the timing pattern has this column
    }
    for (let step = 0; step < size; step++) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (cells[y][x] === null) {
          cells[y][x] = Boolean((bits[at++] ?? 0) ^ Number(masked(x, y)));
        }
      }
    }
  }
}

/** @param {Cells} cells */
function penalty(cells) {
  const turned = cells.map((_, x) => cells.map((row) => row[x]));
  let points = 0;
  for (const row of [...cells, ...turned]) {
    const line = row.map(Number).join("");
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) {
      points += run.length - 2;
    }
    points += 40 * (line.match(/(?=10111010000|00001011101)/g) ?? []).length;
  }
  for (let y = 1; y < cells.length; y++) {
    for (let x = 1; x < cells.length; x++) {
      const same = cells[y][x] === cells[y - 1][x] && cells[y][x] === cells[y][x - 1] && cells[y][x] === cells[y - 1][x - 1];
      points += same ? 3 : 0;
    }
  }
  const dark = cells.flat().filter(Boolean).length / cells.length ** 2;
  return points + 10 * Math.floor(Math.abs(dark * 100 - 50) / 5);
}
