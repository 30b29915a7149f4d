// Copies the few browser files we serve out of node_modules, with a manifest of version, licence and SHA-384.
// The copies are committed: turned down were a CDN (readers' addresses would go abroad, and the CSP would
// have to name strangers) and a bundler (a build step for two files).
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const COPIES = {
  "app/static/vendor": {
    leaflet: ["dist/leaflet.js", "dist/leaflet.css", "LICENSE"],
    "@geoman-io/leaflet-geoman-free": ["dist/leaflet-geoman.min.js", "dist/leaflet-geoman.css", "LICENSE"],
    "leaflet.locatecontrol": ["dist/L.Control.Locate.min.js", "dist/L.Control.Locate.min.css", "LICENSE.md"],
  },
  "data/fonts": {
    "dejavu-fonts-ttf": ["ttf/DejaVuSans.ttf", "ttf/DejaVuSans-Bold.ttf", "LICENSE"],
  },
  "tests/e2e/vendor": {
    "axe-core": ["axe.min.js", "LICENSE"],
  },
};

function copyPackage(target, name, files) {
  const { version, license } = JSON.parse(readFileSync(join("node_modules", name, "package.json")));
  const sha384 = {};
  for (const file of files) {
    const source = join("node_modules", name, file);
    const copy = join(target, name, file.replace(/^dist\//, ""));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(source, copy);
    sha384[file.replace(/^dist\//, "")] = createHash("sha384").update(readFileSync(copy)).digest("base64");
  }
  return { version, license, sha384 };
}

for (const [target, packages] of Object.entries(COPIES)) {
  const manifest = {};
  for (const [name, files] of Object.entries(packages)) manifest[name] = copyPackage(target, name, files);
  writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
