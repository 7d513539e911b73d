import { hiddenResource } from "../../constructs/guardrails/rules/state/hidden-resource";
import { invocation } from "../../constructs/guardrails/rules/state/invocation";
import { unjudgedModule } from "../../constructs/guardrails/rules/state/module";
import { provisioner } from "../../constructs/guardrails/rules/state/provisioner";
import { unknownBlock } from "../../constructs/guardrails/rules/state/unknown-block";
import type { RuleFound } from "./coverage";

/** Rules about what makes or changes resources that no reader of the output sees: modules, programs, templates and controllers */
const RULES_ABOUT_UNSEEN: ReadonlySet<string> = new Set(
  [hiddenResource, invocation, unjudgedModule, provisioner, unknownBlock].map(({ id }) => id),
);

/** Whether what the rule finds could undo any protection, so that nothing is provided beside it */
export function isAboutUnseen({ id }: RuleFound): boolean {
  return RULES_ABOUT_UNSEEN.has(id);
}
