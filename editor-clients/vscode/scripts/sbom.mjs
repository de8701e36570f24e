// Say what is in the bundle, from esbuild's list of what it read: a bill of materials (CycloneDX 1.6), and the licences.
// Nothing is looked up, and the same packages give the same bytes.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const own = join(import.meta.dirname, "..");
const read = (...path) => JSON.parse(readFileSync(join(own, ...path), "utf8"));

const manifest = read("package.json");
const locked = read("package-lock.json").packages;
const folders = new Set();
for (const input of Object.keys(read("dist", "meta.json").inputs)) {
  const found = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input);
  if (found) folders.add(found[0]);
}

const purl = (name, version) => `pkg:npm/${name.replace("@", "%40")}@${version}`;
const components = [...folders].sort().map((folder) => {
  const { name, version, license } = read(folder, "package.json");
  if (locked[folder]?.version !== version) throw new Error(`${folder} is not what package-lock.json says: run npm ci`);
  const [algorithm, digest] = locked[folder].integrity.split(/-(.*)/s);
  return {
    type: "library",
    "bom-ref": purl(name, version),
    name,
    version,
    hashes: [
      { alg: algorithm.toUpperCase().replace("SHA", "SHA-"), content: Buffer.from(digest, "base64").toString("hex") },
    ],
    licenses: [{ expression: license }],
    purl: purl(name, version),
  };
});
const main = {
  type: "application",
  "bom-ref": purl(manifest.name, manifest.version),
  name: manifest.name,
  version: manifest.version,
  licenses: [{ expression: manifest.license }],
};
const bill = {
  $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { component: main },
  components,
  dependencies: [{ ref: main["bom-ref"], dependsOn: components.map((one) => one["bom-ref"]) }],
};
writeFileSync(join(own, "sbom.cdx.json"), `${JSON.stringify(bill, null, 1)}\n`);

const texts = [...folders].sort().map((folder) => {
  const { name, version } = read(folder, "package.json");
  const file = readdirSync(join(own, folder)).find((one) => /^licen[cs]e/i.test(one));
  if (!file) throw new Error(`${name} has no licence text`);
  return `${name} ${version}\n\n${readFileSync(join(own, folder, file), "utf8").trim()}\n`;
});
writeFileSync(join(own, "third-party-licences.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
