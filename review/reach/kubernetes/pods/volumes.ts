import type { JsonObject } from "../../../read/json";
import { type Fact, fact } from "../fact";
import { block, blocks, canonical, flag, optionalBlock, text, without } from "../objects/values";
import type { Container } from "./container";
import { containersOf } from "./container";
import type { Content } from "./content";

/** Gives processes their SPIFFE identity. */
const WORKLOAD_API_DRIVER = "csi.spiffe.io";

/** What containers reach through their volumes */
export function volumeFacts(container: Container, content: Content): readonly Fact[] {
  const volumes = new Map(
    blocks(container.workload.spec, "volumes").map((volume) => [text(volume, "name") ?? "", volume]),
  );
  return blocks(container.body, "volumeMounts").flatMap((mount) => {
    const name = text(mount, "name") ?? "";
    const volume = volumes.get(name);
    return volume === undefined ? [] : mountFacts({ mount, name, volume, container, content });
  });
}

interface Mount {
  readonly mount: JsonObject;
  readonly name: string;
  readonly volume: JsonObject;
  readonly container: Container;
  readonly content: Content;
}

function mountFacts(mounted: Mount): readonly Fact[] {
  const { mount, container, volume } = mounted;
  const { address } = container.workload.object;
  const propagation = text(mount, "mountPropagation") ?? "None";
  return [
    ...(propagation === "None"
      ? []
      : [
          fact(
            "enforcement",
            `${container.title} sees mounts of the node in a volume (${propagation})`,
            "it reads files of another pod",
            address,
          ),
        ]),
    ...Object.keys(without(volume, ["name"])).flatMap((type) => typeFacts(type, mounted)),
  ];
}

function typeFacts(type: string, mounted: Mount): readonly Fact[] {
  const { volume, container, content, mount } = mounted;
  const { title, workload } = container;
  const source = optionalBlock(volume, type);
  if (source === undefined) return [];
  switch (type) {
    case "emptyDir":
      return sharedFacts(mounted);
    case "downwardAPI":
      return [];
    case "hostPath":
      return hostPathFacts(mounted, source);
    case "configMap":
      return content.facts(
        workload.namespace,
        text(source, "name") ?? "",
        `${title} at ${text(mount, "mountPath") ?? ""}`,
        workload.object.address,
      );
    case "secret":
      return [secretFact(mounted, text(source, "secretName") ?? text(source, "name"))];
    case "projected":
      return blocks(source, "sources").flatMap((part) => projectedFacts(mounted, part));
    case "csi":
      return [driverFact(mounted, source)];
    default: {
      const what = `${title} mounts ${type} ${canonical(source)}`;
      return [fact("action", what, `it reads and writes what is stored there`, workload.object.address)];
    }
  }
}

/** What one container writes the other reads. */
function sharedFacts({ name, container: { title, workload, name: own } }: Mount): readonly Fact[] {
  const others = containersOf(workload).filter(
    (other) => other.name !== own && blocks(other.body, "volumeMounts").some((mount) => text(mount, "name") === name),
  );
  return others.map((other) => {
    const what = `${title} shares files with ${other.title}`;
    return fact("enforcement", what, `it reads what ${other.title} writes`, workload.object.address);
  });
}

function hostPathFacts({ mount, container }: Mount, source: JsonObject): readonly Fact[] {
  const { title, workload } = container;
  const path = text(source, "path") ?? "";
  const { address } = workload.object;
  return [
    fact("enforcement", `${title} reads ${path} of the node`, `it reads ${path}`, address),
    ...(flag(mount, "readOnly") === true
      ? []
      : [fact("enforcement", `${title} writes ${path} of the node`, `it writes to ${path}`, address)]),
  ];
}

function secretFact({ container: { title, workload } }: Mount, name = ""): Fact {
  return fact("action", `${title} reads secret ${name}`, `it reads secret ${name}`, workload.object.address);
}

function projectedFacts(mounted: Mount, part: JsonObject): readonly Fact[] {
  const { title, workload } = mounted.container;
  const { address } = workload.object;
  const token = optionalBlock(part, "serviceAccountToken");
  const secret = optionalBlock(part, "secret");
  const map = optionalBlock(part, "configMap");
  const rest = without(part, ["serviceAccountToken", "secret", "configMap", "downwardAPI"]);
  return [
    ...(token === undefined ? [] : [tokenFact(title, text(token, "audience"), address)]),
    ...(secret === undefined ? [] : [secretFact(mounted, text(secret, "name"))]),
    ...(map === undefined ? [] : mounted.content.facts(workload.namespace, text(map, "name") ?? "", title, address)),
    ...(canonical(rest) === "{}"
      ? []
      : [fact("action", `${title} reads ${canonical(rest)}`, "it reads what is projected", address)]),
  ];
}

function tokenFact(title: string, audience: string | undefined, address: string): Fact {
  const whom = audience === undefined || audience === "" ? "the cluster's own API" : audience;
  return fact(
    "identity",
    `${title} gets a token of its service account for ${whom}`,
    `it calls ${whom} as its service account`,
    address,
  );
}

function driverFact({ container: { title, workload } }: Mount, source: JsonObject): Fact {
  const driver = text(source, "driver") ?? "";
  const { address } = workload.object;
  if (driver === WORKLOAD_API_DRIVER) {
    return fact("identity", `${title} reaches the SPIFFE Workload API`, "it fetches the SVID of its pod", address);
  }
  const attributes = canonical(block(source, "volumeAttributes"));
  return fact(
    "action",
    `${title} mounts a volume of driver ${driver} ${attributes}`,
    "it reads what the driver gives",
    address,
  );
}
