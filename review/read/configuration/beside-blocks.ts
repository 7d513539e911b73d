import { sortedKeys } from "../../../domain/json";
import { isObject, type Json, type JsonObject, asList, member } from "../json";
import type { BesideKind } from "../resource";
import { labelledBlocks, withoutComment } from "./blocks";
import type { StackBlock, Stack } from "./stack";
import { posix } from "node:path";

/** The key that identifies a block of its kind: its target or source */
const NAMED_BY = { import: "to", moved: "from" } as const;
/** Blocks of `terraform` that are left out: a version opens nothing, and the backend is read with all stacks. */
const READ_ELSEWHERE = new Set(["//", "backend", "required_version"]);

/**
 * Blocks of a file other than resources: `output`, `import`, `moved` and `check`, and the settings of `terraform` for
 * encryption, Terraform Cloud and provider sources.
 */
export function besidesIn(json: JsonObject, stack: string, file: string): readonly StackBlock[] {
  const at = { file, place: "" };
  const block = (kind: BesideKind, address: string, content: Json): StackBlock => ({
    kind,
    place: { file, address: `${stack}/${address}` },
    content: bare(content),
  });
  return [
    ...labelledBlocks(json, "output", at).map(([name, value]) => block("output", `output.${name}`, value)),
    ...(["import", "moved"] as const).flatMap((kind) =>
      several(json, kind).map((value) => block(kind, `${kind}.${nameOf(value, NAMED_BY[kind])}`, value)),
    ),
    ...labelledBlocks(json, "check", at).map(([name, value]) => block("check", `check.${name}`, value)),
    ...several(json, "terraform").flatMap((value) => terraformIn(value, block)),
  ];
}

function terraformIn(
  settings: Json,
  block: (kind: BesideKind, address: string, content: Json) => StackBlock,
): readonly StackBlock[] {
  return Object.entries(isObject(settings) ? settings : {}).flatMap(([key, value]) => {
    if (READ_ELSEWHERE.has(key)) return [];
    if (key !== "required_providers") return block("terraform", `terraform.${key}`, value);
    const providers = asList(value).flatMap((one) => Object.entries(isObject(one) ? one : {}));
    return providers.map(([name, one]) =>
      block("provider", `terraform.${key}.${name}`, isObject(one) ? (member(one, "source") ?? name) : name),
    );
  });
}

function several(json: JsonObject, key: string): readonly Json[] {
  return asList(member(json, key) ?? []);
}

function nameOf(value: Json, key: string): string {
  const name = isObject(value) ? member(value, key) : undefined;
  return typeof name === "string" ? name : "?";
}

/** Without cdktf's comment, with keys sorted */
function bare(block: Json): Json {
  const own = isObject(block) ? withoutComment(block) : block;
  return JSON.parse(JSON.stringify(own, sortedKeys)) as Json;
}

/** Name that cdktf gives the state of a stack without a setting, in its working folder */
const NAMED_BY_CDKTF = /^terraform\..+\.tfstate$/;

/** Settings of a stack for the location of its state, if any */
export function stateBlocks(stack: Stack): readonly StackBlock[] {
  if (stack.backend === undefined) return [];
  const { type, settings, file } = stack.backend;
  const place = { file, address: `${stack.name}/terraform.backend` };
  const path = localPath(stack.backend);
  if (path === undefined || !NAMED_BY_CDKTF.test(posix.basename(path))) {
    return [{ kind: "terraform", place, content: bare({ [type]: settings }) }];
  }
  const content = bare({ [type]: { ...settings, path: `/…/${posix.basename(path)}` } });
  return [{ kind: "terraform", place, content, stateFolder: posix.dirname(path) }];
}

/** Absolute path of a local state */
function localPath({ type, settings }: NonNullable<Stack["backend"]>): string | undefined {
  const path = type === "local" ? member(settings, "path") : undefined;
  return typeof path === "string" && posix.isAbsolute(path) ? posix.normalize(path) : undefined;
}
