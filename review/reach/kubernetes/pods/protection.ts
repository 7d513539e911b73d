import type { Json } from "../../../read/json";
import { type Fact, fact, openQuestion } from "../fact";
import { block, canonical, isOpaque, texts, without } from "../objects/values";
import { type Container, securityField } from "../workload";
import { profileFacts } from "./profiles";

/** What the security context of a container allows */
export function protectionFacts(container: Container): readonly Fact[] {
  const { title } = container;
  const context = block(container.body, "securityContext");
  const unlessFalse = (key: string, what: string, witness: string): readonly Fact[] =>
    unless(securityField(container, key), "false", `${title} ${what}`, witness, container);
  const unlessTrue = (key: string, what: string, witness: string): readonly Fact[] =>
    unless(securityField(container, key), "true", `${title} ${what}`, witness, container);
  return [
    ...whereTrue(context.privileged, `${title} is privileged`, "it opens every device of the node", container),
    ...unlessFalse("allowPrivilegeEscalation", "may gain privileges", "it runs a program with the setuid bit"),
    ...unlessTrue("runAsNonRoot", "may run as root", "its image names the user root"),
    ...unlessTrue("readOnlyRootFilesystem", "may write to its image's files", "it writes a program to /usr/bin"),
    ...userFacts(container),
    ...capabilityFacts(container),
    ...profileFacts(container),
    ...restFacts(container),
  ];
}

function unless(
  value: Json | undefined,
  safe: string,
  what: string,
  witness: string,
  from: Container,
): readonly Fact[] {
  const written = String(value ?? "");
  if (written === safe) return [];
  const key = isOpaque(written) ? `${what}: ${written}` : what;
  return [fact("enforcement", what, witness, from.workload.object.address, { key })];
}

function whereTrue(value: Json | undefined, what: string, witness: string, from: Container): readonly Fact[] {
  const written = String(value ?? "");
  if (written !== "true" && !isOpaque(written)) return [];
  const key = isOpaque(written) ? `${what}: ${written}` : what;
  return [fact("enforcement", what, witness, from.workload.object.address, { key })];
}

function capabilityFacts({ body, title, workload }: Container): readonly Fact[] {
  const capabilities = block(block(body, "securityContext"), "capabilities");
  const { address } = workload.object;
  const dropped = texts(capabilities, "drop").map(capabilityName);
  return [
    ...texts(capabilities, "add")
      .map(capabilityName)
      .map((name) =>
        fact("enforcement", `${title} has the capability ${name}`, `it does what ${name} allows`, address),
      ),
    ...(dropped.includes("ALL")
      ? []
      : [
          fact(
            "enforcement",
            `${title} keeps capabilities of the container runtime`,
            "it opens a raw socket",
            address,
            {
              under: dropped,
            },
          ),
        ]),
  ];
}

/** `CAP_NET_RAW` and `net_raw` are accepted too. */
function capabilityName(written: string): string {
  return isOpaque(written) ? written : written.toUpperCase().replace(/^CAP_/, "");
}

const READ = [
  "privileged",
  "allowPrivilegeEscalation",
  "runAsNonRoot",
  "readOnlyRootFilesystem",
  "runAsUser",
  "runAsGroup",
  "capabilities",
  "seccompProfile",
  "appArmorProfile",
  "seLinuxOptions",
  "procMount",
];

function restFacts({ body, title, workload }: Container): readonly Fact[] {
  const rest = canonical(without(block(body, "securityContext"), READ));
  if (rest === "{}") return [];
  const why = "what these settings protect is not known here";
  return [openQuestion(`${title} has the security settings ${rest}`, why, workload.object.address)];
}

/** User and group of a container */
function userFacts(container: Container): readonly Fact[] {
  return [idFact(container, "runAsUser", "as user"), idFact(container, "runAsGroup", "in group")];
}

/** The number 0 includes any other; an image's own user may be any. */
function idFact(container: Container, field: string, words: string): Fact {
  const { title, workload } = container;
  const id = String(securityField(container, field) ?? "");
  const what = id === "" ? `${title} runs ${words} that its image names` : `${title} runs ${words} ${id}`;
  return fact("enforcement", what, what, workload.object.address, {
    key: `${title} runs ${words}`,
    under: id === "0" ? [] : id === "" ? ["not written as 0"] : ["not written as 0", id],
    scope: title,
    isRelative: id !== "0",
  });
}
