import { type JsonObject, member } from "../../../read/json";
import { type Fact, fact, openQuestion } from "../fact";
import { block, blocks, canonical, isOpaque, optionalBlock, text, without } from "../objects/values";
import { type Content, TOLD, namedPortFacts } from "./content";
import type { Container } from "../workload";

/** The program of a container, and its input */
export function programFacts(container: Container, content: Content): readonly Fact[] {
  const { body, title, workload } = container;
  const { address } = workload.object;
  const image = text(body, "image") ?? "";
  const commands = commandsOf(body);
  return [
    fact("identity", `${title} runs image ${image}`, `it does what ${image} does`, address),
    ...imagePullFacts(container),
    ...(commands === undefined ? [] : [fact("identity", `${title} runs ${commands}`, commands, address)]),
    ...defaultCommand(container, commands),
    ...environmentFacts(container, content),
    ...hostPorts(container),
    ...namedPortFacts(container, content.portNames),
    ...restFacts(container),
  ];
}

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"];

function commandsOf(body: JsonObject): string | undefined {
  const probes = PROBES.map((key) => member(block(body, key), "exec") ?? null);
  const written = [
    member(body, "command"),
    member(body, "args"),
    member(body, "workingDir"),
    member(body, "lifecycle"),
  ];
  const commands = [...written, ...probes].filter((part) => part !== undefined && part !== null);
  const stated = commands.filter((part) => canonical(part) !== "[]");
  return stated.length === 0 ? undefined : stated.map((part) => canonical(part)).join(" ");
}

/** Without a command, the image's own runs: another program than before. */
function defaultCommand({ title, workload }: Container, commands: string | undefined): readonly Fact[] {
  const what = `${title} runs the command of its image`;
  return commands === undefined ? [fact("identity", what, what, workload.object.address, { isRelative: true })] : [];
}

const URL = /^[a-z][a-z0-9+.-]*:\/\//i;

function environmentFacts({ body, title, workload }: Container, content: Content): readonly Fact[] {
  const { address } = workload.object;
  const variables = blocks(body, "env");
  const maps = blocks(body, "envFrom").flatMap((source) => text(block(source, "configMapRef"), "name") ?? []);
  const names = [
    ...variables.map((variable) => text(variable, "name") ?? ""),
    ...maps.map((map) => `config map ${map}`),
  ];
  const missing = `${title} runs without a variable of its environment`;
  return [
    ...variables.flatMap((variable) => variableFacts(variable, title, workload.namespace, address, content)),
    ...blocks(body, "envFrom").flatMap((source) => sourceFacts(source, title, workload.namespace, address, content)),
    openQuestion(missing, TOLD, address, { under: names, isRelative: true }),
  ];
}

function variableFacts(
  variable: JsonObject,
  title: string,
  namespace: string,
  address: string,
  content: Content,
): readonly Fact[] {
  const name = text(variable, "name") ?? "";
  const from = optionalBlock(variable, "valueFrom");
  const secret = from && optionalBlock(from, "secretKeyRef");
  const map = from && optionalBlock(from, "configMapKeyRef");
  if (secret !== undefined) return [secretFact(text(secret, "name"), text(secret, "key"), title, address)];
  if (map !== undefined) return content.facts(namespace, text(map, "name") ?? "", `${title} as ${name}`, address);
  if (from !== undefined) return [];
  const value = text(variable, "value") ?? "";
  const what = `${title} runs with ${name}=${value}`;
  if (URL.test(value)) return [fact("destination", what, `it calls ${value}`, address, { isRelative: true })];
  return [openQuestion(what, TOLD, address, { isRelative: true })];
}

function sourceFacts(
  source: JsonObject,
  title: string,
  namespace: string,
  address: string,
  content: Content,
): readonly Fact[] {
  const secret = optionalBlock(source, "secretRef");
  const map = optionalBlock(source, "configMapRef");
  return [
    ...(secret === undefined ? [] : [secretFact(text(secret, "name"), undefined, title, address)]),
    ...(map === undefined
      ? []
      : content.facts(namespace, text(map, "name") ?? "", `${title} as its environment`, address)),
  ];
}

function secretFact(name = "", key: string | undefined, title: string, address: string): Fact {
  const secret = key === undefined ? `secret ${name}` : `${key} of secret ${name}`;
  return fact("action", `${title} gets ${secret} in its environment`, `it reads ${secret}`, address);
}

function hostPorts({ body, title, workload }: Container): readonly Fact[] {
  return blocks(body, "ports").flatMap((port) => {
    const number = text(port, "hostPort") ?? "0";
    if (number === "0" || number === "") return [];
    const protocol = text(port, "protocol") ?? "TCP";
    const what = `${title} listens on port ${number} of the node`;
    return [fact("network", what, `${protocol} ${number} to the address of the node`, workload.object.address)];
  });
}

const READ = [
  "name",
  "image",
  "imagePullPolicy",
  "command",
  "args",
  "workingDir",
  "lifecycle",
  "env",
  "envFrom",
  "ports",
  ...PROBES,
];
const READ_ELSEWHERE = ["securityContext", "volumeMounts"];
const WITHOUT_ACCESS = [
  "resources",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "stdin",
  "stdinOnce",
  "tty",
  "resizePolicy",
  "restartPolicy",
];

function restFacts({ body, title, workload }: Container): readonly Fact[] {
  const rest = canonical(without(body, [...READ, ...READ_ELSEWHERE, ...WITHOUT_ACCESS]));
  return rest === "{}" ? [] : [openQuestion(`${title} has the settings ${rest}`, TOLD, workload.object.address)];
}

/** An image by digest is the same from any source. By tag, it is the copy that the node happens to have. */
function imagePullFacts({ body, title, workload }: Container): readonly Fact[] {
  const image = text(body, "image") ?? "";
  const policy = text(body, "imagePullPolicy") || (isLatest(image) ? "Always" : "IfNotPresent");
  if (policy === "Always" || image.includes("@sha256:")) return [];
  const what = `${title} runs an image that its node has kept, without asking for it`;
  const key = isOpaque(policy) ? `${what}: ${policy}` : what;
  return [
    fact("identity", what, "an image that was pulled for another pod", workload.object.address, {
      key,
      scope: title,
      isRelative: true,
    }),
  ];
}

/** Without a tag it is `latest`. */
function isLatest(image: string): boolean {
  const name = image.slice(image.lastIndexOf("/") + 1);
  return !name.includes(":") || name.endsWith(":latest");
}
