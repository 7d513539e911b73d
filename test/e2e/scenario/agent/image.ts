import { readdirSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { SYSTEM } from "../../../../images/contents";
import type { ImageFile } from "../../../../images/oci/file";
import { writeImage } from "../../../../images/oci/layout";
import { librariesOf, programFiles } from "../../../../images/oci/libraries";
import { type BuiltImage, IMAGE_TAG } from "../../cluster/images";
import { madeOnce } from "../../harness/cache";
import { APP, COMMANDS, PROGRAMS, PYTHON } from "./programs";
import { agentPython, type Python } from "./python";

const NAME = "story-agent";
const LAYOUT = "layout";
const IMAGES = join(__dirname, "../../../../images");
const PREFIX = "/usr/local";
const SITE = `${APP}/site`;
const SOURCES = ["companion.py", ...Object.values(PROGRAMS)];
const ENVIRONMENT = { PYTHONHOME: PREFIX, PYTHONPATH: SITE, PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" };

/** What the image is made of and by: another one is made where one of these is another. */
const MADE_FROM = [
  ...[...SOURCES, "requirements.txt", "image.ts", "programs.ts"].map((file) => join(__dirname, file)),
  ...["contents.ts", "oci/layer.ts", "oci/layout.ts", "oci/libraries.ts"].map((file) => join(IMAGES, file)),
];

/** The image of agents in FastAPI, as their team would build it: the machine's Python, and on it what they import. Made once. */
export async function storyAgentImage(): Promise<BuiltImage> {
  const python = await agentPython();
  const make = (unfinished: string): Promise<void> => write(join(unfinished, LAYOUT), python);
  const folder = await madeOnce(`${NAME}-image-${python.version}`, MADE_FROM, make);
  return { name: NAME, layout: join(folder, LAYOUT) };
}

async function write(layout: string, { program, library, folder: made }: Python): Promise<void> {
  const own = filesIn(join(made, "library"), `${PREFIX}/${library}`);
  // Commands that come with packages name this machine's Python.
  const site = filesIn(join(made, "site"), SITE).filter(({ path }) => !path.startsWith(`${SITE}/bin/`));
  const base = [...SYSTEM, ...programFiles(program, PYTHON), ...own];
  const below = [...base, ...librariesFor(own, base)];
  const sources = SOURCES.map((file) => ({ path: `${APP}/${file}`, copyOf: join(__dirname, file) }));
  await writeImage(layout, IMAGE_TAG, {
    layers: [below, [...site, ...sources, ...librariesFor(site, below)]],
    entrypoint: COMMANDS["support-triage"],
    user: "65532:65532",
    env: ENVIRONMENT,
  });
}

type Copied = Extract<ImageFile, { readonly copyOf: string }>;

function filesIn(folder: string, at: string): readonly Copied[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: `${at}${file.slice(folder.length)}`, copyOf: realpathSync(file) }));
}

/** What extension modules load that neither they bring themselves nor an image holds by now */
function librariesFor(files: readonly Copied[], below: readonly ImageFile[]): readonly ImageFile[] {
  const modules = files.map(({ copyOf }) => copyOf).filter((file) => /\.so(\.\d+)*$/.test(file));
  const brought = new Set(modules.map((file) => basename(file)));
  const held = new Set(below.map(({ path }) => path));
  const loaded = new Set(modules.flatMap((module) => librariesOf(module)));
  return [...loaded]
    .filter((path) => !held.has(path) && !brought.has(basename(path)))
    .map((path) => ({ path, mode: 0o555, copyOf: realpathSync(path) }));
}
