import { type BlockBody } from "../../constructs/guardrails/value";
import { stacksTogether } from "../../constructs/guardrails/stacks-together";
import type { RegistryDocument } from "../../domain";
import { isRecord } from "../../domain/is-record";
import { layoutOf } from "../../review/read/configuration/layout";
import { Folder } from "../../review/read/folder/folder";
import { ReadError } from "../../review/read/read-error";
import type { Registry } from "../../review/reach/declared/registry";
import { isAsset } from "../assets";
import { REGISTRY, registryOf } from "../registry";
import { Output } from "./output";

const MANIFEST = "manifest.json";
const POLICY = "ambit/policy.json";

/**
 * Reads a synthesized folder. Nothing in it is trusted, and half of one is none: what is missing or unread could hold anything.
 *
 * @param day `YYYY-MM-DD` on which it is judged
 * @throws ReadError for a folder that synth did not write, that is not whole, or that holds configuration which is not read
 */
export function readOutput(folder: string, day: string): Output {
  const files = new Folder(folder);
  const document = whole(files, REGISTRY);
  const policy = whole(files, POLICY);
  whole(files, MANIFEST);
  const { stacks, unread } = layoutOf(files);
  const [strange] = unread.filter(({ place }) => !isAsset(place.file));
  if (strange !== undefined) throw new ReadError(strange.place.file, "", `cannot be counted: ${strange.why}`);
  const registry = registryOf(document);
  checkPolicy(policy, registry);
  return new Output({
    registry,
    written: document as unknown as RegistryDocument,
    policy,
    day,
    stacks: stacksTogether(
      stacks.map(({ name, configuration }) => [name, configuration.map((file) => files.object(file) as BlockBody)]),
      undefined,
      undefined,
      document as unknown as RegistryDocument,
    ),
  });
}

function whole(files: Folder, path: string): Readonly<Record<string, unknown>> {
  const object = files.objectIfAny(path);
  if (object === undefined) throw new ReadError(path, "", "is not there: name the whole folder that synth wrote");
  return object;
}

/** Of two documents of different synths, one says what the other does not enforce. */
function checkPolicy(policy: Readonly<Record<string, unknown>>, { agents, trustDomain }: Registry): void {
  if (policy["trustDomain"] !== trustDomain) {
    throw new ReadError(POLICY, "trustDomain", `must be that of ${REGISTRY}: run synth again`);
  }
  const known = isRecord(policy["agents"]) ? policy["agents"] : {};
  const ids = new Set(Object.values(agents).map(({ spiffeId }) => spiffeId));
  const foreign = Object.keys(known).find((id) => !ids.has(id));
  if (foreign !== undefined) {
    throw new ReadError(POLICY, `agents.${foreign}`, `is no agent of ${REGISTRY}: run synth again`);
  }
}
