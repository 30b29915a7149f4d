// Where a photo says it was taken, read before the picture is drawn smaller, which leaves that behind.
// By hand: of the libraries exifr was the smallest (45 kB, last released in 2021), and we want two numbers of it. A JPEG
// and a HEIC both hold the words "Exif", two zeros and a TIFF block; that is looked for, boxes and segments are not read.

const ENOUGH = 1024 * 1024; // a JPEG has it in its first segments
const MOST = 10 * 1024 * 1024; // a HEIC may have it anywhere
const GPS = 0x8825;
const [LAT_REF, LAT, LON_REF, LON] = [1, 2, 3, 4];
const RATIONAL = 5;

/** Latitude and longitude in degrees, or null where the file says none. */
export async function placeOf(file) {
  try {
    const head = new Uint8Array(await file.slice(0, 12).arrayBuffer());
    const boxed = String.fromCharCode(...head.subarray(4, 8)) === "ftyp";
    return read(new DataView(await file.slice(0, boxed ? MOST : ENOUGH).arrayBuffer()));
  } catch {
    return null; // a block that was cut or made up says nothing
  }
}

function read(view) {
  for (const start of blocks(view)) {
    const tiff = new Tiff(view, start);
    const pointer = tiff.entries(tiff.long(4)).get(GPS);
    if (!pointer) continue;
    const gps = tiff.entries(tiff.long(pointer.value));
    const lat = tiff.degrees(gps.get(LAT), gps.get(LAT_REF), "S");
    const lon = tiff.degrees(gps.get(LON), gps.get(LON_REF), "W");
    if (Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat || lon)) return { lat, lon };
  }
  return null;
}

/** Where TIFF blocks after "Exif\0\0" begin. */
function* blocks(view) {
  const bytes = new Uint8Array(view.buffer);
  for (let at = bytes.indexOf(0x45); at >= 0 && at + 14 < bytes.length; at = bytes.indexOf(0x45, at + 1)) {
    if (view.getUint32(at) !== 0x45786966 || view.getUint16(at + 4) !== 0) continue;
    const order = view.getUint32(at + 6);
    if (order === 0x49492a00 || order === 0x4d4d002a) yield at + 6;
  }
}

export class Tiff {
  constructor(view, start) {
    this.view = view;
    this.start = start;
    this.little = view.getUint8(start) === 0x49;
  }

  short(at) { return this.view.getUint16(this.start + at, this.little); }
  long(at) { return this.view.getUint32(this.start + at, this.little); }

  /** tag -> where its value stands and what it is. */
  entries(directory) {
    const found = new Map();
    const count = Math.min(this.short(directory), 200);
    for (let at = directory + 2; at < directory + 2 + 12 * count; at += 12)
      found.set(this.short(at), { type: this.short(at + 2), count: this.long(at + 4), value: at + 8 });
    return found;
  }

  /** Degrees, minutes, seconds as one number; NaN where they are not three fractions. */
  degrees(entry, ref, negative) {
    if (entry?.type !== RATIONAL || entry.count !== 3) return NaN;
    const at = this.long(entry.value);
    const part = (n) => this.long(at + 8 * n) / this.long(at + 8 * n + 4);
    const size = part(0) + part(1) / 60 + (part(2) || 0) / 3600;
    const letter = ref && String.fromCharCode(this.view.getUint8(this.start + ref.value));
    return letter === negative ? -size : size;
  }
}
