import { posix } from "node:path";
import type { Json } from "../../../../domain";
import { essenceDigest } from "../../private/essence";
import type { BlockRule } from "../../rule";
import { typeKey } from "../../stack";
import { listOf } from "../../value";

/** A content may hold a secret, so findings tell its digest. Sources beside the folder of the stack, such as `../src`, are those of its repository. */
export const localFile: BlockRule = {
  id: "AMBIT-STATE-LOCAL-FILE",
  severity: "high",
  what: "a stack may write no file on the machine that deploys it, and read or pack none outside of its repository",
  why: "a start script that it writes runs with the rights of the one who deploys, and a file of credentials that it reads stands in the state",
  fix: "give the value to the resource that needs it, and name files that are read from the folder of the stack on",
  standards: ["owasp-asi/ASI05", "owasp-nhi/NHI2", "sp800-53/SR-3", "sp800-53/AC-6"],
  looksAt: [/^(?:(?:data|ephemeral)\.)?local_(?:sensitive_)?file$/, /^(?:data\.)?archive_file$/],
  *check(block) {
    const { mode, type, body } = block;
    const what = typeKey(block);
    if (mode === "resource" && type !== "archive_file")
      return yield { what, at: "filename", evidence: essenceDigest(block) };
    const isAllowed = type === "archive_file" ? isWithinRepository : isWithin;
    for (const at of PATHS)
      for (const path of listOf(body[at])) if (!isAllowed(path)) yield { what: `${what}.${at}`, at, evidence: path };
  },
};

/** What a data source reads, and where an archive is written */
const PATHS = ["filename", "source_dir", "source_file", "output_path"];

/** The path from the folder of the stack on, without `..` where it leads back; undefined for one that begins elsewhere, or is known at apply only */
function fromStack(path: Json): readonly string[] | undefined {
  if (typeof path !== "string") return undefined;
  const own = path.replace(/^\$\{path\.(?:module|root)\}\//, "").replaceAll("\\", "/");
  if (/^(?:[/~]|[A-Za-z]:|$)|[$%]\{/.test(own)) return undefined;
  return posix.normalize(own).split("/");
}

/** Whether a path leads to a file below the stack, by itself or from the folder of the module */
function isWithin(path: Json): boolean {
  const steps = fromStack(path);
  return steps !== undefined && steps[0] !== "..";
}

/**
 * Whether it leads to a file below the stack, or beside a folder above it: not to such a folder as a whole, which has states and keys, to
 * what is hidden, or by so many steps that a folder of the machine follows.
 */
function isWithinRepository(path: Json): boolean {
  const below = fromStack(path)?.filter((step) => step !== "..");
  if (below === undefined || isWithin(path)) return below !== undefined;
  const [first = ""] = below;
  return first !== "" && !OF_MACHINE.has(first.toLowerCase()) && !below.some((step) => step.startsWith("."));
}

const OF_MACHINE = new Set([
  ...["boot", "dev", "etc", "home", "media", "mnt", "opt", "private", "proc", "root", "run", "srv", "sys", "tmp"],
  ...["users", "usr", "var", "volumes", "windows"],
]);
