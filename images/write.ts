import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { billOfMaterials } from "./bill-of-materials";
import { type Bundle, bundle, BUNDLES } from "./bundles";
import { type ImageContents, imageProps, IMAGES, type ImageName, type ProgramName } from "./contents";
import { writeImage } from "./oci/layout";
import { goParts, libraryParts, npmParts, type Part } from "./parts";

export interface WriteProps {
  /** Of this repository */
  readonly root: string;
  /** Of each program that the image has, the path on this machine */
  readonly programs: Readonly<Partial<Record<ProgramName, string>>>;
  /** Of programs that do not say themselves what they are: their name, version and where they come from */
  readonly known: Readonly<Partial<Record<ProgramName, Part>>>;
  /** Gets a folder NAME with the layout, NAME.cdx.json with what is in it, and the bundle */
  readonly folder: string;
  /** Of Ambit, which the layout has as its tag too */
  readonly version: string;
}

export interface WrittenImage {
  readonly name: ImageName;
  readonly layout: string;
  /** Of the manifest */
  readonly digest: string;
  /** Bytes of its layers */
  readonly size: number;
}

/** Build an image, and the list of what is in it. */
export async function writeNamed(name: ImageName, props: WriteProps): Promise<WrittenImage> {
  const { root, programs, folder, version } = props;
  const contents: ImageContents = IMAGES[name];
  const bundles = join(folder, "bundles");
  const inputs =
    contents.bundle === undefined
      ? []
      : bundle(root, BUNDLES[contents.bundle] as Bundle, join(bundles, contents.bundle));
  const layout = join(folder, name);
  const { digest, size } = await writeImage(layout, version, imageProps(contents, programs, bundles));
  const parts = [...npmParts(root, inputs), ...contents.programs.flatMap(([program]) => partsOf(program, props))];
  writeFileSync(join(folder, `${name}.cdx.json`), billOfMaterials({ name, version, digest, parts }));
  return { name, layout, digest, size };
}

function partsOf(program: ProgramName, { programs, known }: WriteProps): readonly Part[] {
  const path = programs[program] as string;
  const itself = known[program];
  return [...(itself === undefined ? goParts(path) : [itself]), ...libraryParts(path)];
}
