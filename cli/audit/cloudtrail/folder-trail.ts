import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { isRecord } from "../../../domain/is-record";
import { CliError } from "../../program";
import { MOST_BYTES } from "./plain-text";
import { isRecentFile, meantOf, type TrailFiles } from "./trail-files";
import { scopeSince, trailScope, type TrailTime } from "./trail-scope";

/** The answer of `aws s3api head-object`, beside the object that it is about */
const HEAD = ".head.json";

/** @throws CliError */
export function folderTrail(folder: string, time: TrailTime): TrailFiles {
  const scope = scopeSince(trailScope(folder.split(sep).join("/")), time);
  const root = scope.root === "" ? "." : scope.root;
  let all: readonly string[];
  try {
    if (scope.events !== "") readdirSync(folder);
    all = readdirSync(root, { recursive: true, encoding: "utf8" }).map((path) => path.split(sep).join("/"));
  } catch (error) {
    throw new CliError(`${folder} cannot be read: ${(error as Error).message}`);
  }
  const meant = meantOf(
    all.filter((path) => !path.endsWith(HEAD)),
    scope,
  );
  // Names are unique, so a copy may have other folders than the bucket.
  const byName = new Map([...meant.events, ...meant.digests].map((path) => [nameOf(path), path]));
  const heads = new Set(all.filter((path) => path.endsWith(HEAD)));
  const bytes = (path: string): Buffer => {
    try {
      const { size } = statSync(join(root, path));
      if (size > MOST_BYTES) throw new Error(`it has ${size} bytes`);
      return readFileSync(join(root, path));
    } catch (error) {
      throw new CliError(`${join(root, path)} cannot be read: ${(error as Error).message}`);
    }
  };
  return {
    name: folder,
    ...meant,
    from: scope.from,
    read: (path) => {
      const signature = heads.has(`${path}${HEAD}`) ? signatureIn(bytes(`${path}${HEAD}`)) : undefined;
      return Promise.resolve({ bytes: bytes(path), ...(signature !== undefined && { signature }) });
    },
    pathOf: ({ object }) => byName.get(nameOf(object)),
    isMeant: ({ object }) =>
      (scope.events === "" || object.includes(`/${scope.events}`)) && isRecentFile({ object }, scope),
    close: () => undefined,
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function signatureIn(head: Buffer): string | undefined {
  try {
    const value: unknown = JSON.parse(head.toString("utf8"));
    const metadata = isRecord(value) ? value["Metadata"] : undefined;
    const signature = isRecord(metadata) ? metadata["signature"] : undefined;
    return typeof signature === "string" ? signature : undefined;
  } catch {
    return undefined;
  }
}
