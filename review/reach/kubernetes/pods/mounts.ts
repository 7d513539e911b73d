import type { JsonObject } from "../../../read/json";
import { type Fact, fact } from "../fact";
import { blocks, canonical, flag, text, without } from "../objects/values";
import { type Container, containersOf } from "../workload";

/** A volume in the file system of a container */
export interface Mount {
  readonly mount: JsonObject;
  readonly name: string;
  readonly volume: JsonObject;
  readonly container: Container;
}

/** The kubelet mounts these read-only, even if `readOnly` is false. */
const READ_ONLY: ReadonlySet<string> = new Set(["configMap", "downwardAPI", "projected", "secret"]);

/** Extent of a container's access to a volume: compared only with a base in which it mounts the same one */
export function mountedFacts(mounted: Mount, type: string, source: JsonObject): readonly Fact[] {
  const { mount, name, container } = mounted;
  const { address, isTyped } = container.workload.object;
  const scope = `${container.title} ${type} ${identityOf(type, source)}`;
  const relative = (does: string, witness: string, under: readonly string[] = []): Fact =>
    fact("enforcement", `${container.title} ${does} volume ${JSON.stringify(name)}`, witness, address, {
      key: `${does} ${scope}`,
      under,
      scope,
      isRelative: true,
    });
  const whole = relative("reaches all files of", "a file outside the part that was mounted", foldersOf(mount));
  if (READ_ONLY.has(type)) {
    const { withheld, unread } = modesOf(source, isTyped);
    return [
      whole,
      relative("opens to more users the files of", "another user reads a file", withheld),
      ...(unread === "" ? [] : [relative(`gives mode ${unread} to files of`, "another user reads a file")]),
    ];
  }
  const isReadOnly = !isWritten(mount) || flag(source, "readOnly") === true;
  const isAllReadOnly = isReadOnly && text(mount, "recursiveReadOnly") === "Enabled";
  return [
    whole,
    ...(isReadOnly ? [] : [relative("writes to", "it writes a file")]),
    ...(isAllReadOnly ? [] : [relative("writes to what is mounted inside", "it writes to a file system below")]),
  ];
}

/** Equal for the same files, read-only or not */
function identityOf(type: string, source: JsonObject): string {
  if (type === "projected") return projectedText(source);
  const restricting = ["readOnly", "defaultMode", "items", "optional", ...(type === "hostPath" ? ["type"] : [])];
  return canonical(without(source, restricting));
}

/** Each folder above the mounted one: a shorter path includes more. */
function foldersOf(mount: JsonObject): readonly string[] {
  const path = text(mount, "subPath") || text(mount, "subPathExpr") || "";
  const folders = path.split("/").filter((folder) => folder !== "" && folder !== ".");
  return folders.map((folder, depth) => `${depth} ${folder}`);
}

export function isWritten(mount: JsonObject): boolean {
  return flag(mount, "readOnly") !== true;
}

/** `rw-r--r--`, the default mode of files in Kubernetes */
const DEFAULT = 0o644;
const BITS = Array.from({ length: 9 }, (_, bit) => 1 << bit);

/** Permissions that the file modes of a volume withhold, and from which users */
interface Modes {
  /** Permissions that none of its files gives */
  readonly withheld: readonly string[];
  /** Modes that cannot be read */
  readonly unread: string;
}

/** @param isTyped the provider takes octal digits, a manifest holds a number */
function modesOf(source: JsonObject, isTyped: boolean): Modes {
  const written = writtenModes(source).map((mode) => ({ mode, bits: bitsOf(mode, isTyped) }));
  const unread = written.filter(({ bits }) => bits === undefined).map(({ mode }) => mode);
  const open = written.reduce((all, { bits = 0 }) => all | bits, 0);
  return {
    withheld: BITS.filter((bit) => (open & bit) === 0).map((bit) => bit.toString(8)),
    unread: [...new Set(unread)].sort().join(),
  };
}

/** For each listed file, otherwise for all */
function writtenModes(source: JsonObject): readonly string[] {
  const all = text(source, "defaultMode") ?? "";
  return [source, ...projectedParts(source)].flatMap((part) => {
    const items = blocks(part, "items").map((item) => text(item, "mode") ?? all);
    return items.length > 0 || "sources" in part ? items : [all];
  });
}

function bitsOf(written: string, isTyped: boolean): number | undefined {
  if (written === "") return DEFAULT;
  const isOctal = isTyped || written.startsWith("0");
  if (!(isOctal ? /^[0-7]{1,5}$/ : /^\d{1,5}$/).test(written)) return undefined;
  return Number.parseInt(written, isOctal ? 8 : 10);
}

const KINDS = ["serviceAccountToken", "secret", "configMap", "downwardAPI"] as const;

/** The sources of a projected volume, each by itself */
function projectedParts(source: JsonObject): readonly JsonObject[] {
  return blocks(source, "sources").flatMap((part) => KINDS.flatMap((kind) => blocks(part, kind)));
}

/** Its content, without modes and lifetimes */
function projectedText(source: JsonObject): string {
  const parts = blocks(source, "sources").map((part) =>
    KINDS.map((kind) =>
      blocks(part, kind).map((one) => canonical(without(one, ["items", "expirationSeconds", "optional"]))),
    ),
  );
  return JSON.stringify(parts.map((part) => JSON.stringify(part)).sort());
}

/** One container reads what the other writes. */
export function sharedFacts({ name, mount, container: { title, workload, name: own } }: Mount): readonly Fact[] {
  const others = containersOf(workload).filter(
    (other) => other.name !== own && blocks(other.body, "volumeMounts").some((one) => text(one, "name") === name),
  );
  const { address } = workload.object;
  return others.flatMap((other) => {
    const what = `${title} shares files with ${other.title}`;
    const inside = { scope: what, isRelative: true };
    return [
      fact("enforcement", what, `it reads what ${other.title} writes`, address, { scope: what }),
      fact(
        "enforcement",
        `${title} shares more files with ${other.title}`,
        "a file outside the part that it shared",
        address,
        {
          ...inside,
          under: foldersOf(mount),
        },
      ),
      ...(isWritten(mount)
        ? [
            fact(
              "enforcement",
              `${title} writes files of ${other.title}`,
              "it writes what the other reads",
              address,
              inside,
            ),
          ]
        : []),
    ];
  });
}
