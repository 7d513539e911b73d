import { buildSync } from "esbuild";
import { join } from "node:path";
import { writeImage } from "../../../../images/oci/layout";
import { programFiles } from "../../../../images/oci/libraries";
import { type BuiltImage, IMAGE_TAG } from "../images";

const NODE = "/usr/bin/node";
const MAIN = "/desk.js";

/** In place of the image of `support-triage`, which its team would build: a web server in an unmodified framework */
export async function deskImage(folder: string): Promise<BuiltImage> {
  const name = "desk";
  const layout = join(folder, name);
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, "desk.ts")],
    bundle: true,
    platform: "node",
    write: false,
  });
  const main = { path: MAIN, mode: 0o444, content: outputFiles[0]?.text ?? "" };
  const files = [...programFiles(process.execPath, NODE), main];
  await writeImage(layout, IMAGE_TAG, { layers: [files], entrypoint: [NODE, MAIN], user: "65532:65532" });
  return { name, layout };
}
