import type { AccessKind } from "../../../domain/dataset-props";
import { dataActions } from "../../../iam/data/data-actions";
import type { DeclaredData } from "./declared";
import type { Asked, DeployedRole, ServiceUse } from "./deployed";

/** Whether one access of a task to a dataset is used */
export type Verdict =
  | { readonly is: "used" }
  | { readonly is: "unused"; readonly because: string }
  | { readonly is: "unknown"; readonly because: string };

/** Attempts before it (seconds since 1970) do not count as use */
export interface Window {
  readonly from: number;
  readonly days: number;
}

/**
 * What the last attempts of a task's role say of one access. AWS reports them for a service as a whole, and for some actions; never for
 * one bucket, table or secret. So an access is unused only where the whole service is, or each of its actions by itself.
 */
export function verdictOf(data: DeclaredData, access: AccessKind, role: Asked<DeployedRole>, window: Window): Verdict {
  const { kind } = data;
  if (kind === undefined) return unknown("the registry does not know the dataset");
  if (kind === "external") return unknown("it is kept behind a tool, so AWS does not see its use");
  if ("unknown" in role) return unknown(role.unknown);
  const { createdAt, uses } = role.known;
  if (!(createdAt <= window.from)) return unknown(`its role exists for less than ${window.days} days`);
  if ("unknown" in uses) return unknown(uses.unknown);
  const actions = dataActions(kind, access).map((action) => action.split(":") as [service: string, name: string]);
  const [service] = actions[0] ?? [];
  if (service === undefined) return unknown(`data of kind ${kind} has no access ${access}`);
  const told = uses.known.filter((use) => use.service === service);
  if (told.length === 0) return unknown(`AWS reports nothing about ${service}`);
  const last = latest(told.flatMap((use) => [use.last, ...use.actions.map((action) => action.last)]));
  if (last < window.from) return { is: "unused", because: `${service} ${when(last)}` };
  return ofActions(
    service,
    actions.map(([, name]) => name),
    told,
    window,
  );
}

function ofActions(service: string, names: readonly string[], told: readonly ServiceUse[], { from }: Window): Verdict {
  const tracked = names.map((name) => told.flatMap(({ actions }) => actions.filter((one) => isNamed(one.name, name))));
  const lasts = tracked.map((some) => latest(some.map(({ last }) => last)));
  if (lasts.some((last) => last >= from)) return { is: "used" };
  if (tracked.some((some) => some.length === 0)) {
    return unknown(`${service} is used, and AWS does not report the use of ${names.join(", ")} by itself`);
  }
  return { is: "unused", because: `${names.join(", ")} ${when(Math.max(...lasts))}` };
}

function isNamed(told: string, name: string): boolean {
  return told.slice(told.indexOf(":") + 1).toLowerCase() === name.toLowerCase();
}

/** Minus infinity where there was none */
function latest(times: readonly (number | undefined)[]): number {
  return Math.max(-Infinity, ...times.filter((time) => time !== undefined));
}

function when(last: number): string {
  return last === -Infinity
    ? "never used"
    : `last used ${new Date(last * 1000).toISOString().slice(0, "YYYY-MM-DD".length)}`;
}

function unknown(because: string): Verdict {
  return { is: "unknown", because };
}
