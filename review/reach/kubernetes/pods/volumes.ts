import type { JsonObject } from "../../../read/json";
import { type Fact, fact, openQuestion } from "../fact";
import { block, blocks, canonical, optionalBlock, text, without } from "../objects/values";
import type { Container, Workload } from "../workload";
import { type Content, TOLD } from "./content";
import { isWritten, type Mount, mountedFacts, sharedFacts } from "./mounts";

/** Gives processes their SPIFFE identity. */
const WORKLOAD_API_DRIVER = "csi.spiffe.io";

/** What containers reach through their volumes */
export function volumeFacts(container: Container, content: Content): readonly Fact[] {
  const volumes = volumesOf(container.workload);
  const mounts = blocks(container.body, "volumeMounts").flatMap((mount) => {
    const name = text(mount, "name") ?? "";
    const volume = volumes.get(name);
    return volume === undefined ? [] : [{ mount, name, volume, container }];
  });
  const told = mounts.filter(({ volume }) => optionalBlock(volume, "configMap") !== undefined);
  const missing = `${container.title} runs without files of a config map`;
  return [
    ...mounts.flatMap((mounted) => mountFacts(mounted, content)),
    openQuestion(missing, TOLD, container.workload.object.address, {
      under: told.map(({ mount }) => text(mount, "mountPath") ?? ""),
      scope: container.title,
      isRelative: true,
    }),
  ];
}

/** Claims of a stateful set are volumes by name; their size does not matter. */
function volumesOf({ spec, object: { body } }: Workload): ReadonlyMap<string, JsonObject> {
  const ofSet = block(body, "spec");
  const templates = [...blocks(ofSet, "volumeClaimTemplates"), ...blocks(ofSet, "volumeClaimTemplate")];
  const claims = templates.map((template) => ({
    name: text(block(template, "metadata"), "name") ?? "",
    claim: without(block(template, "spec"), ["resources"]),
  }));
  return new Map([
    ...claims.map(({ name, claim }) => [name, { name, volumeClaimTemplate: { name, claim } }] as const),
    ...blocks(spec, "volumes").map((volume) => [text(volume, "name") ?? "", volume] as const),
  ]);
}

function mountFacts(mounted: Mount, content: Content): readonly Fact[] {
  const { mount, container, volume, name } = mounted;
  const { address } = container.workload.object;
  const propagation = text(mount, "mountPropagation") ?? "None";
  return [
    ...(propagation === "None"
      ? []
      : [
          fact(
            "enforcement",
            `${container.title} sees mounts of the node in volume ${JSON.stringify(name)} (${propagation})`,
            "it reads files of another pod",
            address,
          ),
        ]),
    ...Object.keys(without(volume, ["name"])).flatMap((type) => {
      const source = optionalBlock(volume, type);
      if (source === undefined) return [];
      const shared = type === "emptyDir" ? [] : mountedFacts(mounted, type, source);
      return [...shared, ...typeFacts(type, source, mounted, content)];
    }),
  ];
}

function typeFacts(type: string, source: JsonObject, mounted: Mount, content: Content): readonly Fact[] {
  const { container, mount } = mounted;
  const { title, workload } = container;
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
        `${title} at ${text(mount, "mountPath") ?? ""}${itemsText(source)}`,
        workload.object.address,
      );
    case "secret":
      return secretFacts(mounted, text(source, "secretName") ?? text(source, "name"), source);
    case "projected":
      return blocks(source, "sources").flatMap((part) => projectedFacts(mounted, part, content));
    case "csi":
      return [driverFact(mounted, source)];
    default: {
      const what = `${title} mounts ${type} ${canonical(without(source, ["readOnly"]))}`;
      return [fact("action", what, `it reads and writes what is stored there`, workload.object.address)];
    }
  }
}

function hostPathFacts({ mount, container }: Mount, source: JsonObject): readonly Fact[] {
  const { title, workload } = container;
  const path = text(source, "path") ?? "";
  const { address } = workload.object;
  const type = text(source, "type") ?? "";
  const takes = `${title} mounts any type of file at ${path} of the node`;
  return [
    fact("enforcement", `${title} reads ${path} of the node`, `it reads ${path}`, address, { scope: takes }),
    fact("enforcement", takes, "something of another type", address, {
      under: type === "" ? [] : [type],
      scope: takes,
      isRelative: true,
    }),
    ...(!isWritten(mount)
      ? []
      : [fact("enforcement", `${title} writes ${path} of the node`, `it writes to ${path}`, address)]),
  ];
}

/** A whole secret, or the listed keys */
function secretFacts({ container: { title, workload } }: Mount, name = "", source: JsonObject): readonly Fact[] {
  const { address } = workload.object;
  const keys = blocks(source, "items").map((item) => text(item, "key") ?? "");
  const read = keys.map((key) => ({ what: `${key} of secret ${name}`, under: [key] }));
  return (read.length > 0 ? read : [{ what: `secret ${name}`, under: [] }]).map(({ what, under }) =>
    fact("action", `${title} reads ${what}`, `it reads ${what}`, address, {
      key: `${title} reads secret ${name}`,
      under,
    }),
  );
}

/** The files that a volume makes of a config map: others may have another meaning. */
function itemsText(source: JsonObject): string {
  const items = blocks(source, "items").map((item) => `${text(item, "key") ?? ""} as ${text(item, "path") ?? ""}`);
  return items.length === 0 ? "" : `, ${[...items].sort().join(", ")},`;
}

function projectedFacts(mounted: Mount, part: JsonObject, content: Content): readonly Fact[] {
  const { title, workload } = mounted.container;
  const { address } = workload.object;
  const token = optionalBlock(part, "serviceAccountToken");
  const secret = optionalBlock(part, "secret");
  const map = optionalBlock(part, "configMap");
  const rest = without(part, ["serviceAccountToken", "secret", "configMap", "downwardAPI"]);
  return [
    ...(token === undefined ? [] : [tokenFact(title, token, address)]),
    ...(secret === undefined ? [] : secretFacts(mounted, text(secret, "name"), secret)),
    ...(map === undefined
      ? []
      : content.facts(workload.namespace, text(map, "name") ?? "", `${title}${itemsText(map)}`, address)),
    ...(canonical(rest) === "{}"
      ? []
      : [fact("action", `${title} reads ${canonical(rest)}`, "it reads what is projected", address)]),
  ];
}

function driverFact({ container: { title, workload } }: Mount, source: JsonObject): Fact {
  const driver = text(source, "driver") ?? "";
  const { address } = workload.object;
  if (driver === WORKLOAD_API_DRIVER) {
    return fact("identity", `${title} reaches the SPIFFE Workload API`, "it fetches the SVID of its pod", address);
  }
  const secret = text(block(source, "nodePublishSecretRef"), "name");
  const attributes = `${canonical(block(source, "volumeAttributes"))}${secret === undefined ? "" : ` with secret ${secret}`}`;
  return fact(
    "action",
    `${title} mounts a volume of driver ${driver} ${attributes}`,
    "it reads what the driver gives",
    address,
  );
}

/** In seconds, if none is written */
const TOKEN_LIFETIME = "3600";

/** A token that the kubelet writes to a file: a longer lifetime includes a shorter one. */
function tokenFact(title: string, token: JsonObject, address: string): Fact {
  const audience = text(token, "audience") || "the cluster's own API";
  const written = text(token, "expirationSeconds") || TOKEN_LIFETIME;
  const what = `${title} gets a token of its service account for ${audience}`;
  const lasting = written === TOKEN_LIFETIME ? what : `${what}, good for ${written} s`;
  const isNumber = /^\d{1,15}$/.test(written);
  const found = fact("identity", lasting, `it calls ${audience} as its service account`, address, {
    key: isNumber ? what : lasting,
    isToken: true,
  });
  return isNumber ? { ...found, atMost: Number(written) } : found;
}
