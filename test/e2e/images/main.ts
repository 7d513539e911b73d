import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { IMAGES, type ImageName } from "../../../images/contents";
import { stopAll } from "../harness/process";
import { writtenImages } from "./written";

const ROOT = resolve(__dirname, "../../..");
const FOLDER = join(ROOT, "dist", "images");
const NAMES = Object.keys(IMAGES) as ImageName[];

const HELP = `Usage: npm run images [-- [image ...]]

Builds images as OCI layouts, without a registry, a daemon or a base image: dist/images/NAME, and beside each what is in
it (CycloneDX, dist/images/NAME.cdx.json). Without a name, all of them:

  ${NAMES.join(", ")}

The same source and programs give the same bytes. Programs that are not Ambit's are those of npm run engines.

Exit codes: 0 built, 1 a program is not there, 64 unknown image.
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(HELP);
    return 0;
  }
  const unknown = args.find((name) => !Object.hasOwn(IMAGES, name));
  if (unknown !== undefined) {
    process.stderr.write(`unknown image "${unknown}": name one of ${NAMES.join(", ")}\n\n${HELP}`);
    return 64;
  }
  mkdirSync(FOLDER, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };
  await writtenImages(args.length === 0 ? NAMES : (args as ImageName[]), FOLDER, version, ({ name, size, digest }) =>
    process.stdout.write(`${name.padEnd(30)} ${`${Math.round(size / 1e6)} MB`.padStart(7)}  ${digest}\n`),
  );
  return 0;
}

process.on("exit", stopAll);
main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
