import { resolve } from "node:path";
import { type ImageContents, IMAGES, type ImageName, type ProgramName } from "../../../images/contents";
import { writeNamed, type WrittenImage } from "../../../images/write";
import { knownParts, PROGRAMS } from "./programs";

const ROOT = resolve(__dirname, "../../..");

/**
 * Build images of this repository from the cache of engines.
 *
 * @param folder that gets a layout for each, and what is in it
 * @param version of Ambit, and the tag of the layouts
 * @param told of each as soon as it is there
 */
export async function writtenImages(
  names: readonly ImageName[],
  folder: string,
  version: string,
  told: (image: WrittenImage) => void = () => undefined,
): Promise<readonly WrittenImage[]> {
  const programs: Partial<Record<ProgramName, string>> = {};
  const images: WrittenImage[] = [];
  for (const name of names) {
    const contents: ImageContents = IMAGES[name];
    for (const [program] of contents.programs) programs[program] ??= await PROGRAMS[program]();
    const image = await writeNamed(name, { root: ROOT, programs, known: knownParts(), folder, version });
    told(image);
    images.push(image);
  }
  return images;
}
