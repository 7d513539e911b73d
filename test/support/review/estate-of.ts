import type { JsonObject } from "../../../review/read/json";
import type { Estate, Resource } from "../../../review/read/resource";

/** Arguments of resources, by `<type>.<name>` */
export type Resources = Readonly<Record<string, JsonObject>>;

/** An estate of one stack, as if it had been read */
export function estateOf(resources: Resources, registry?: JsonObject): Estate {
  const all = Object.entries(resources)
    .map(([key, values]) => resourceOf(key, values))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  return {
    folder: "test",
    resources: all,
    of: (type) => all.filter((resource) => resource.type === type),
    at: (address) => all.find((resource) => resource.address === address),
    attribute: () => null,
    ...(registry !== undefined && { registry }),
    files: new Map(),
    written: new Map(),
    isWhole: false,
    providers: new Map(),
    unread: [],
    besides: [],
  };
}

function resourceOf(key: string, values: JsonObject): Resource {
  const dot = key.indexOf(".");
  const [type, name] = [key.slice(0, dot), key.slice(dot + 1)];
  const repeats = (["count", "for_each"] as const).find((one) => Object.hasOwn(values, one));
  return {
    address: `test/${key}`,
    stack: "test",
    mode: "managed",
    type,
    name,
    file: "stacks/test/cdk.tf.json",
    values,
    ...(repeats !== undefined && { repeats }),
  };
}
