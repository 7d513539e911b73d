import { Glob } from "../../../iam/sets/glob";
import { type Estate, resourcesOf } from "../../read/resource";
import { keyArn } from "./resource-policies";

/** Symbols of keys that aliases stand for, by the ARN of the key */
export function aliasesByKey(estate: Estate): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const alias of resourcesOf(estate, "aws_kms_alias")) {
    const key = alias.values["target_key_id"];
    const name = estate.attribute(alias, "target_key_arn");
    if (typeof key !== "string" || typeof name !== "string") continue;
    found.set(keyArn(key), [...(found.get(keyArn(key)) ?? []), name]);
  }
  return found;
}

/** An ARN that is written out around a key's number is the key too. */
export function namesOf(name: string, aliases: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const symbol = /^\$\{(.*)\.arn\}$/.exec(name)?.[1];
  const written = symbol === undefined ? [] : ["key_id", "id"].map((id) => `arn:*:kms:*:*:key/\${${symbol}.${id}}`);
  return [name, ...written, ...(aliases.get(name) ?? [])];
}

/** All that rights may call the key of an alias, such as `alias/ambit/prod/tokens`; empty where the configuration makes no such alias. */
export function namesOfAlias(estate: Estate, alias: string): readonly string[] {
  const aliases = aliasesByKey(estate);
  return resourcesOf(estate, "aws_kms_alias")
    .filter(({ values }) => values["name"] === alias)
    .flatMap(({ values: { target_key_id: key } }) => (typeof key === "string" ? namesOf(keyArn(key), aliases) : []));
}

/** Whether a pattern of a statement is about the key that is called so; undefined where that is not known. */
export function isAbout(pattern: string, name: string): boolean | undefined {
  if (pattern === name || Glob.of(pattern, "arn").matches(name) || Glob.of(name, "arn").matches(pattern)) return true;
  const [start = "", , service = "*"] = pattern.split(":");
  const isOfKeys = service === "kms" || /[*?$]/.test(start) || (start === "arn" && /[*?$]/.test(service));
  return isOfKeys && /[*?]|\$\{/.test(pattern + name) ? undefined : false;
}

/** A pattern may be about any key; a number that is written out is of no key that is still to be made. */
export function mayBeRightOn(pattern: string, name: string): boolean {
  return isAbout(pattern, name) ?? /[*?]/.test(pattern);
}
