// A photo on its way to the server: made smaller and drawn anew, so that it carries nothing but the picture.

const LONGEST_SIDE = 2048;
const QUALITY = 0.85;

const drawn = new WeakSet();

/** Of a photo that was drawn here before: drawn once more it would be another picture, and sent twice two. */
export function asDrawn(file) {
  drawn.add(file);
  return file;
}

/** The photo as a JPEG of at most 2048 px a side. Rejects what this browser cannot read (HEIC in most of them). */
export async function smaller(file) {
  if (drawn.has(file)) return file;
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}

/** The file as base64: made smaller where the browser can read it, as it is where it cannot. */
export async function packed(file) {
  const blob = (await smaller(file).catch(() => null)) ?? file;
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",", 2)[1]);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}
