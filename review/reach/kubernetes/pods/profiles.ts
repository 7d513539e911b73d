import { type JsonObject, isObject } from "../../../read/json";
import { type Fact, fact } from "../fact";
import { block, canonical, text } from "../objects/values";
import { type Container, securityField } from "../workload";

/** In older manifests, this and the container's name form the annotation with its AppArmor profile. */
export const APP_ARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

/** Kernel profiles that confine a container */
export function profileFacts(container: Container): readonly Fact[] {
  return [seccompFact(container), appArmorFact(container), seLinuxFact(container), ...procMountFacts(container)];
}

/** Confinements of a container: with fewer of them it may do more. */
interface Held {
  readonly what: string;
  readonly by: readonly string[];
  /** Kubernetes gives it to every container, or it is stricter: a new container is not reported for it. */
  readonly isUsual?: true;
}

function heldFact({ title, workload }: Container, { what, by, isUsual }: Held, key: string, witness: string): Fact {
  return fact("enforcement", `${title} ${what}`, witness, workload.object.address, {
    key: `${title} ${key}`,
    under: by,
    scope: title,
    isRelative: isUsual === true,
  });
}

function seccompFact(container: Container): Fact {
  return heldFact(container, seccompOf(profileOf(container, "seccompProfile")), "seccomp", "it calls mount");
}

/** Without a profile, every system call is allowed. */
function seccompOf(profile: JsonObject | undefined): Held {
  const type = (profile && text(profile, "type")) ?? "Unconfined";
  if (type === "Unconfined") return { what: "may make every system call", by: [] };
  if (type === "RuntimeDefault")
    return { what: "makes the system calls that its runtime lets through", by: [type], isUsual: true };
  const name = (profile && text(profile, "localhostProfile")) ?? "";
  return { what: `makes system calls by the profile ${name} of the node`, by: [`${type} ${name}`] };
}

function appArmorFact(container: Container): Fact {
  const held = appArmorOf(appArmorTextOf(container));
  return heldFact(container, held, "AppArmor", "it opens a file that the profile withheld");
}

/** By default, nodes with AppArmor apply the runtime's profile, and others none. */
function appArmorOf(written: string): Held {
  switch (written) {
    case "unconfined":
      return { what: "is held by no AppArmor profile", by: [] };
    case "":
      return { what: "runs without a required AppArmor profile", by: ["usual"], isUsual: true };
    case "runtime/default":
      return { what: "runs by the AppArmor profile of its runtime", by: ["usual", "required"], isUsual: true };
    default:
      return { what: `runs by the AppArmor profile ${written}`, by: [written] };
  }
}

/** In the form of annotations. The container's own field takes precedence, then its annotation, then its pod's field. */
function appArmorTextOf({ body, name, workload }: Container): string {
  const own = block(block(body, "securityContext"), "appArmorProfile");
  const annotation = workload.annotations.get(`${APP_ARMOR_ANNOTATION}${name}`);
  const ofPod = block(block(workload.spec, "securityContext"), "appArmorProfile");
  return appArmorText(own) ?? annotation ?? appArmorText(ofPod) ?? "";
}

function appArmorText(profile: JsonObject): string | undefined {
  const type = text(profile, "type");
  if (type === "RuntimeDefault") return "runtime/default";
  if (type === "Localhost") return `localhost/${text(profile, "localhostProfile") ?? ""}`;
  return type === "Unconfined" ? "unconfined" : type;
}

/** The policy of the node decides what a label may do: any other label counts as wider. */
function seLinuxFact(container: Container): Fact {
  const written = canonical(profileOf(container, "seLinuxOptions") ?? {});
  const held: Held =
    written === "{}"
      ? { what: "runs by the SELinux label of its runtime", by: ["usual"], isUsual: true }
      : { what: `runs by the SELinux label ${written}`, by: [written] };
  return heldFact(container, held, "SELinux", "it opens a file that its label withheld");
}

function profileOf(container: Container, key: string): JsonObject | undefined {
  const written = securityField(container, key);
  const profile = block({ written: written ?? null }, "written");
  return isObject(profile) && Object.keys(profile).length > 0 ? profile : undefined;
}

function procMountFacts({ body, title, workload }: Container): readonly Fact[] {
  const written = text(block(body, "securityContext"), "procMount") || "Default";
  if (written === "Default") return [];
  const key = `${title} proc ${written}`;
  return [fact("enforcement", `${title} sees all of /proc`, "it reads /proc/kcore", workload.object.address, { key })];
}
