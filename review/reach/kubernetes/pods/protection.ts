import type { Json } from "../../../read/json";
import { type Fact, fact, openQuestion } from "../fact";
import { block, canonical, isOpaque, text, texts, without } from "../objects/values";
import { type Container, securityField } from "./container";

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

function userFacts(container: Container): readonly Fact[] {
  return (["runAsUser", "runAsGroup"] as const).flatMap((key) => {
    const value = securityField(container, key);
    if (value === undefined || value === null || value === "") return [];
    const what = `${container.title} runs as ${key === "runAsUser" ? "user" : "group"} ${String(value)}`;
    return [fact("enforcement", what, what, container.workload.object.address, { isRelative: String(value) !== "0" })];
  });
}

function capabilityFacts({ body, title, workload }: Container): readonly Fact[] {
  const capabilities = block(block(body, "securityContext"), "capabilities");
  const { address } = workload.object;
  const dropped = texts(capabilities, "drop").map((name) => name.toUpperCase());
  return [
    ...texts(capabilities, "add").map((name) =>
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

function profileFacts(container: Container): readonly Fact[] {
  const own = block(container.body, "securityContext");
  const written = own.seccompProfile ?? block(container.workload.spec, "securityContext").seccompProfile;
  const profile = block({ written: written ?? null }, "written");
  const type = text(profile, "type") ?? "Unconfined";
  const { address } = container.workload.object;
  const what =
    type === "Localhost"
      ? `${container.title} makes system calls by the profile ${text(profile, "localhostProfile") ?? ""} of the node`
      : `${container.title} may make every system call`;
  const procMount = text(own, "procMount") ?? "Default";
  return [
    ...(type === "RuntimeDefault"
      ? []
      : [fact("enforcement", what, "it calls mount", address, { key: `${what} ${type}` })]),
    ...(procMount === "Default"
      ? []
      : [
          fact("enforcement", `${container.title} sees all of /proc`, "it reads /proc/kcore", address, {
            key: `${container.title} proc ${procMount}`,
          }),
        ]),
  ];
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
  "procMount",
];

function restFacts({ body, title, workload }: Container): readonly Fact[] {
  const rest = canonical(without(block(body, "securityContext"), READ));
  if (rest === "{}") return [];
  const why = "what these settings protect is not known here";
  return [openQuestion(`${title} has the security settings ${rest}`, why, workload.object.address)];
}
