import type { Json } from "../../../../domain";
import { digestOf } from "../../finding";
import type { BlockRule } from "../../rule";
import { typeKey } from "../../stack";
import { listOf } from "../../value";

/** A content may hold a secret, so findings tell its digest. */
export const localFile: BlockRule = {
  id: "AMBIT-STATE-LOCAL-FILE",
  severity: "high",
  what: "a stack may write no file on the machine that deploys it, and read none outside of its own folder",
  why: "a start script that it writes runs with the rights of the one who deploys, and a file of credentials that it reads stands in the state",
  fix: "give the value to the resource that needs it, and keep files that are read in the folder of the stack",
  standards: ["owasp-asi/ASI05", "owasp-nhi/NHI2", "sp800-53/SR-3", "sp800-53/AC-6"],
  looksAt: [/^(?:(?:data|ephemeral)\.)?local_(?:sensitive_)?file$/, /^(?:data\.)?archive_file$/],
  *check(block) {
    const { mode, type, body } = block;
    const what = typeKey(block);
    if (mode === "resource" && type !== "archive_file") return yield { what, at: "filename", evidence: digestOf(body) };
    for (const at of PATHS)
      for (const path of listOf(body[at])) if (!isWithin(path)) yield { what: `${what}.${at}`, at, evidence: path };
  },
};

/** What a data source reads, and where an archive is written */
const PATHS = ["filename", "source_dir", "source_file", "output_path"];

/** Whether a path leads to a file below the stack, by itself or from the folder of the module */
function isWithin(path: Json): boolean {
  if (typeof path !== "string") return false;
  const own = path.replace(/^\$\{path\.(?:module|root)\}\//, "");
  return !/^(?:[/~\\]|[A-Za-z]:|$)|[$%]\{/.test(own) && !own.split(/[/\\]/).includes("..");
}
