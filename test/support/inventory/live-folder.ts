import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { registryFile } from "../../../runtime/registry/signed-registry";
import { keyFile } from "../bundles";
import { scratch } from "../cli";
import { synthesize } from "../example-app";
import { SCOPE, signedExample } from "../exchange/signed-example";
import { filesOf } from "../review/folders";

/** A folder of the test file's own with the example as synth writes it, and its registry, signed */
export function liveFolder(name: string) {
  const folder = scratch(name);
  for (const [file, content] of Object.entries(filesOf(synthesize()))) folder.put(`cdktf.out/${file}`, content);
  const key = keyFile(folder.path, "key");
  const signed = join(folder.path, "registry.signed");
  beforeAll(async () => writeFileSync(signed, registryFile(await signedExample(key.signer, 7))));
  const published = ["--registry", signed, "--public-key", key.publicPath, "--scope", SCOPE] as const;
  return { folder, dir: join(folder.path, "cdktf.out"), key, signed, published };
}
