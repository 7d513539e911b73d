import { AgentDeclaration, type AgentSpec, Dataset, DeclarationError, type ErrorCode } from "../../domain";
import { type HttpAction, type HttpToolProps, Task, type TaskSpec, Tool, type SensitivityName } from "../../domain";
import { servingDelegates } from "./served";

/** A string as CDKTF makes it for a value known only at apply */
export const TOKEN = "${TfToken[TOKEN.5]}";
/** A number as CDKTF makes it for a value known only at apply */
export const NUMBER_TOKEN = -8.109562212591379e298;

/** What the declaration was refused with; anything else that is thrown, or nothing, fails the test. */
export function refusal(act: () => unknown): { readonly code: ErrorCode; readonly message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof DeclarationError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("expected a refusal, but the declaration was accepted");
}

/** One test of one refusal: its code and its whole message. */
export function fails(when: string, act: () => unknown, code: ErrorCode, message: string): void {
  test(`fails when ${when}`, () => expect(refusal(act)).toEqual({ code, message }));
}

/** What is said of a property with a control character */
export function controlCharacter(property: string, value: string): string {
  const got = JSON.stringify(value).replace("\u007f", "\\u007f");
  return `${property} must hold no control character (U+0000 to U+001F, U+007F), got ${got}: remove it`;
}

/** A value that the compiler would refuse, as it arrives from JavaScript */
export function untyped(value: unknown): never {
  return value as never;
}

/** The agent `triage` with one task that does nothing, but for what is given */
export function agentOf(spec: Partial<AgentSpec> = {}, name = "triage"): AgentDeclaration {
  return new AgentDeclaration(name, {
    owner: "support@acme.example",
    purpose: "Answers support tickets",
    expires: "2027-06-30",
    workload: { namespace: "support" },
    tasks: { answer: { startedBy: "user" } },
    ...servingDelegates(spec.tasks),
    ...spec,
  });
}

/** The task `answer` of `triage`, started by a user, but for what is given */
export function taskOf(spec: Partial<TaskSpec> = {}, name = "answer"): Task {
  return new Task("triage", name, { startedBy: "user", ...spec });
}

/** An HTTP tool with the action `get`, acting as a service, but for what is given */
export function httpTool(
  name: string,
  props: Partial<HttpToolProps<string>> & { readonly clearance?: SensitivityName } = {},
): Tool {
  return Tool.http<string>(name, {
    url: `https://${name}.acme.example`,
    clearance: "restricted",
    actsAs: { service: `${name}-reader` },
    actions: { get: { method: "GET", path: "/" } },
    ...props,
  });
}

/** A tool whose one action `get` is as given */
export function toolWith(action: Partial<HttpAction>): Tool {
  return httpTool("crm", { actions: { get: { method: "GET", path: "/", ...action } } });
}

export function external(name: string, sensitivity: SensitivityName = "internal") {
  return Dataset.external(name, { sensitivity });
}

export function bucket(name: string, sensitivity: SensitivityName = "internal") {
  return Dataset.bucket(name, { bucket: `acme-${name}`, prefix: `${name}/`, sensitivity });
}
