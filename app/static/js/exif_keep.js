// A photo is drawn smaller before it is sent, and with that loses what the camera noted. Where and when it was taken is
// the proof of a repair, so a JPEG's own block of notes is put back, untouched but for one number: the picture is upright
// now, and must not be turned once more. Turned down: sending photos as they are, eight megabytes each, from a cellar.
import { Tiff } from "./exif.js";
import { smaller } from "./photo.js";

const [MARK, START, NOTES, SCAN] = [0xff, 0xd8, 0xe1, 0xda];
const ENOUGH = 256 * 1024;
const ORIENTATION = 0x0112;
const HEAD = 10; // marker, length, "Exif\0\0"

/** The photo at most 2048 px a side, with the camera's notes; as it is where this browser cannot read it. */
export async function smallWithNotes(file) {
  const drawn = await smaller(file).catch(() => null);
  if (!drawn) return file;
  const notes = await notesOf(file).catch(() => null); // a block that was made up says nothing
  return notes ? new Blob([drawn.slice(0, 2), notes, drawn.slice(2)], { type: "image/jpeg" }) : drawn;
}

async function notesOf(file) {
  const bytes = new Uint8Array(await file.slice(0, ENOUGH).arrayBuffer());
  const view = new DataView(bytes.buffer);
  if (bytes[0] !== MARK || bytes[1] !== START) return null;
  for (let at = 2; bytes[at] === MARK && bytes[at + 1] !== SCAN; at += 2 + view.getUint16(at + 2)) {
    if (bytes[at + 1] === NOTES && view.getUint32(at + 4) === 0x45786966) return upright(bytes.slice(at, at + 2 + view.getUint16(at + 2)));
  }
  return null;
}

function upright(segment) {
  const view = new DataView(segment.buffer);
  const tiff = new Tiff(view, HEAD);
  const entry = tiff.entries(tiff.long(4)).get(ORIENTATION);
  if (entry) view.setUint16(HEAD + entry.value, 1, tiff.little);
  return segment;
}
