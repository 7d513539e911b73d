import type { TerraformElement } from "cdktf";
import { shown } from "../../domain";
import { type Acknowledgement, checkAcknowledgement } from "../../domain/acknowledgement";
import { ACKNOWLEDGED } from "../../domain/written-acknowledgements";

/**
 * Answer for a finding of a guardrail at the resource that has it, until a day.
 *
 * It is written into the comment of the resource in the synthesized JSON, where reviews and the inventory read it. It ends on its day, and
 * when what was judged gets another value: from then on the stack is refused again.
 *
 * @throws DeclarationError `acknowledgement.malformed`, and `expiry.malformed` for what is no day
 */
export function acknowledge(resource: TerraformElement, acknowledgement: Acknowledgement): void {
  checkAcknowledgement(acknowledgement, `acknowledgement at ${shown(resource.node.path)}`);
  const { hash, finding, reason, owner, expires } = acknowledgement;
  resource.addOverride(`//.${ACKNOWLEDGED}.${hash}`, { finding, reason, owner, expires });
}
