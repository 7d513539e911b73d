import { buildSync } from "esbuild";
import { join } from "node:path";
import { writeImage } from "../../../../images/oci/layout";
import { programFiles } from "../../../../images/oci/libraries";
import { type BuiltImage, IMAGE_TAG } from "../images";

const NODE = "/usr/bin/node";
const MAIN = "/main.js";

/**
 * In place of the image that an agent's team would build: Node, and the agent's program with the packages that it uses in one file
 *
 * @param modules where npm has put the packages. @default - those of this repository
 */
export async function bundledImage(
  folder: string,
  name: string,
  program: string,
  modules?: string,
): Promise<BuiltImage> {
  const layout = join(folder, name);
  const { outputFiles } = buildSync({
    entryPoints: [program],
    bundle: true,
    platform: "node",
    write: false,
    ...(modules !== undefined && { nodePaths: [modules] }),
  });
  const main = { path: MAIN, mode: 0o444, content: outputFiles[0]?.text ?? "" };
  const files = [...programFiles(process.execPath, NODE), main];
  await writeImage(layout, IMAGE_TAG, { layers: [files], entrypoint: [NODE, MAIN], user: "65532:65532" });
  return { name, layout };
}
