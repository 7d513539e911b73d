import { refuse, shown } from "../../domain";
import type { Finding } from "./finding";
import type { Judgement, MalformedAcknowledgement, VoidAcknowledgement, VoidBecause } from "./judge";

/** Findings that one refusal shows; the rest is counted */
const SHOWN = 20;

/** Places of one finding that are written out */
const SHOWN_PLACES = 4;

/** @throws DeclarationError `guardrail.violated` with all that is refused, and how each is mended or acknowledged */
export function refuseAny({ refused, void: ended, malformed }: Judgement, where: string): void {
  const lines = [...refused.map(findingText), ...ended.map(voidText), ...malformed.map(malformedText)];
  if (lines.length === 0) return;
  const more = lines.length > SHOWN ? [`  and ${lines.length - SHOWN} more: \`ambit lint\` lists them all`] : [];
  const head = `guardrails refuse it for ${lines.length === 1 ? "1 reason" : `${lines.length} reasons`}`;
  refuse("guardrail.violated", where, [head, ...lines.slice(0, SHOWN), ...more].join("\n"));
}

/** Place, value, reason and fix of a finding, each in a line */
export function findingText({ rule, id, hash, address, at, alsoAt, path, evidence }: Finding): string {
  const places = [at, ...alsoAt].filter((each) => each !== "");
  const shownPlaces = `${places.slice(0, SHOWN_PLACES).join(", ")}${places.length > SHOWN_PLACES ? ", …" : ""}`;
  return [
    `  ${rule.severity} ${id} at ${address}${places.length === 0 ? "" : ` ${shownPlaces}`}${path === undefined ? "" : ` (${path})`}`,
    `    ${rule.what}, got ${cut(shown(evidence))}`,
    `    because: ${rule.why}`,
    `    fix: ${rule.fix}; or acknowledge ${shown(id)} with hash ${shown(hash)}`,
  ].join("\n");
}

const BECAUSE: Readonly<Record<VoidBecause, string>> = {
  ended: "its day has come: mend what it names, or write it anew",
  changed: "what it names has another value now: look at it again, and write its new hash",
  "too-long": "its day lies more than 366 days ahead: write an earlier one",
  unfounded: "there is no such finding: remove it",
};

export function voidText({ address, acknowledgement, because }: VoidAcknowledgement): string {
  const { finding, owner, expires } = acknowledgement;
  return `  acknowledgement of ${finding} at ${address} (${owner}, until ${expires}) counts for nothing: ${BECAUSE[because]}`;
}

export function malformedText({ address, hash, why }: MalformedAcknowledgement): string {
  const which = hash === "" ? "" : ` ${shown(hash)}`;
  return `  acknowledgement${which} at ${address} is malformed and counts for nothing: ${why}`;
}

function cut(text: string): string {
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
