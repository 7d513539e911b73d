import type { Cluster } from "../cluster";
import { type Fact, fact } from "../fact";
import { blocks, text } from "../objects/values";
import { type Json, isObject } from "../../../read/json";
import type { Container } from "./container";

/** Kinds whose rules may name a port of a container in place of its number */
const NAMING = ["NetworkPolicy", "Service"];
const PORT = ["port", "targetPort"];

/** Names of ports that rules of a cluster go by */
export function portNames(cluster: Cluster): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { body } of NAMING.flatMap((kind) => cluster.of(kind))) collect(body, names);
  return names;
}

function collect(value: Json, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) collect(item, names);
  } else if (isObject(value)) {
    for (const [key, held] of Object.entries(value)) {
      if (PORT.includes(key) && typeof held === "string" && !/^\d+$/.test(held)) names.add(held);
      else collect(held, names);
    }
  }
}

/** A rule that names a port admits the number that the container gives that name. */
export function namedPortFacts({ body, title, workload }: Container, names: ReadonlySet<string>): readonly Fact[] {
  return blocks(body, "ports").flatMap((port) => {
    const name = text(port, "name") ?? "";
    if (!names.has(name)) return [];
    const number = `${text(port, "protocol") ?? "TCP"} ${text(port, "containerPort") ?? ""}`;
    const what = `${title} calls ${number} its port ${name}, which rules go by`;
    return [
      fact("network", what, `${number} of its pods`, workload.object.address, { scope: title, isRelative: true }),
    ];
  });
}
