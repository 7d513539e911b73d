import type { AccessKind } from "../../../domain/dataset-props";
import { dataActions } from "../../../iam/data/data-actions";
import { attempted } from "./attempted";
import { called } from "./called";
import type { DeclaredData } from "./declared";
import type { Asked, CallHistory, DeployedRole } from "./deployed";
import { unknown, type Verdict, type Window } from "./verdict";

/**
 * What AWS tells of one access. It is used as soon as one source shows a use, and unused only where a source that sees every use of it
 * shows none, and no other source shows one.
 */
export function verdictOf(
  data: DeclaredData,
  kind: AccessKind,
  role: Asked<DeployedRole>,
  history: Asked<CallHistory>,
  window: Window,
): Verdict {
  if (data.kind === undefined) return unknown("the registry does not know the dataset");
  if (data.kind === "external") return unknown("it is kept behind a tool, so AWS does not see its use");
  if ("unknown" in role) return unknown(role.unknown);
  const access = { data, actions: dataActions(data.kind, kind) };
  if (access.actions.length === 0) return unknown(`data of kind ${data.kind} has no access ${kind}`);
  const byCalls = called(access, role.known, history, window);
  if (byCalls?.is === "used") return byCalls;
  if (!(role.known.createdAt <= window.from)) return unknown(`its role exists for less than ${window.days} days`);
  const byAttempts = attempted(access, role.known.uses, window);
  if (byAttempts.is === "unused" || byCalls === undefined) return byAttempts;
  if (byCalls.is === "unused" || byAttempts.is === "used") return byCalls.is === "unused" ? byCalls : byAttempts;
  return unknown(`${byAttempts.because}; ${byCalls.because}`);
}
