import { asList, isObject, type Json, type JsonObject, member, show } from "../json";
import type { UnreadBlock } from "./stack";

/** Settings that change when and in which order a resource is changed, or end the apply */
const HARMLESS = new Set([
  "//",
  "create_before_destroy",
  "ignore_changes",
  "postcondition",
  "precondition",
  "prevent_destroy",
  "replace_triggered_by",
]);

/** Arguments whose values in the configuration must be those in AWS */
const DECIDES_ACCESS =
  /^(?:(?:all|.*policy|permissions_boundary|managed_policy_arns|rule|subject|role_ref)\b|(?:manifest|spec)$)/;

/** What the others do, in Terraform 1.14 and OpenTofu 1.11 */
const MEANING: Readonly<Record<string, string>> = {
  action_trigger: "actions run when it changes, and what they do is not read: take them out",
  destroy: "it may stay without being managed, and what it grants with it: leave the setting out",
  enabled: "whether it exists is decided there, which is not read: take it out, or leave the setting out",
};

type UnreadSetting = Omit<UnreadBlock, "place"> & { readonly attribute: string };

/**
 * What `lifecycle` of a resource says that is not read: values that are ignored, actions that run, whether it exists, and settings that no
 * engine had when this was written
 */
export function unreadLifecycle(body: JsonObject): readonly UnreadSetting[] {
  return asList(member(body, "lifecycle") ?? null)
    .filter(isObject)
    .flatMap((block) => [...ignored(block), ...others(block)]);
}

function ignored(block: JsonObject): readonly UnreadSetting[] {
  return asList(member(block, "ignore_changes") ?? []).flatMap((name) => {
    if (typeof name !== "string" || !DECIDES_ACCESS.test(name)) return [];
    const why = `changes of ${show(name)} are ignored, so what is there may allow more: do not ignore them`;
    return { attribute: name, why };
  });
}

function others(block: JsonObject): readonly UnreadSetting[] {
  return Object.entries(block)
    .filter(([name, value]) => !HARMLESS.has(name) && value !== null && !isDefault(name, value))
    .map(([name, content]) => ({
      attribute: `lifecycle.${name}`,
      why: MEANING[name] ?? "this setting is not read: take it out",
      content,
      ...(name === "enabled" && { mayDeny: true }),
    }));
}

function isDefault(name: string, value: Json): boolean {
  return (name === "enabled" || name === "destroy") && String(value) === "true";
}
