import { bold, dim, green, printable, red, wrapped, yellow } from "../terminal";
import { onlyCompared } from "../asked";
import type { Explained, ExplainedChange, Place, Remedy } from "./explained";

const INDENT = "  ";
const LABEL = 13;
const COMPARED_ONLY = ". They are compared as the log says, and otherwise opaque";

/** What was decided and why, what would allow it, and the proof: for people */
export function explainedText(explained: Explained): string {
  return [head(explained), ...explained.reasons.map(reasonText), foundations(explained), remedyText(explained)]
    .filter((part) => part !== "")
    .join("\n");
}

function head(explained: Explained): string {
  const { decision, request, name, policy, engine, masked, logged, synthesized } = explained;
  const said = decision === "allow" ? green(bold("allowed")) : red(bold("denied"));
  const by = `${engine}, ${policy.folder}, revision ${policy.revision}`;
  const notes = [
    ...(name === null ? [] : [`named ${name}`]),
    ...(masked.length === 0
      ? []
      : [`masked in the log: ${masked.join(", ")}${onlyCompared(masked) ? COMPARED_ONLY : ""}`]),
    ...(logged === null || logged.same
      ? []
      : [`the log says otherwise: ${verdict(logged.decision, logged.reasons)}, by revision ${logged.revision}`]),
    ...(synthesized === null
      ? []
      : [`OPA decides by another policy; by ${policy.folder}: ${verdict(synthesized.decision, synthesized.reasons)}`]),
  ];
  return [
    wrapped(printable(request), `${INDENT}        `, `${said}  `),
    wrapped(dim(`decided by ${printable(by)}`), INDENT),
    ...notes.map((note) => wrapped(yellow(printable(note)), INDENT)),
  ].join("");
}

function reasonText({ code, what, declared }: Explained["reasons"][number]): string {
  return [
    `${bold(printable(code))}\n`,
    wrapped(printable(what), INDENT),
    ...(declared === null ? [] : [labelled("declared", placeText(declared))]),
  ].join("");
}

function foundations({ allowedBy, observed }: Explained): string {
  const notes = observed.map(({ code, what }) =>
    wrapped(`${printable(code)}: ${printable(what)}`, `${INDENT}${INDENT}`),
  );
  return [
    ...(allowedBy.length === 0
      ? []
      : [`${bold("declared")}\n`, ...allowedBy.map((place) => wrapped(placeText(place), INDENT))]),
    ...(notes.length === 0 ? [] : [`${bold("observed, and not refused")}\n`, ...notes]),
  ].join("");
}

function remedyText({ remedy, synthesized }: Explained): string {
  if (remedy === null) {
    return synthesized === null
      ? ""
      : `${bold("to allow it")}\n${wrapped("deploy the synthesized policy, which allows it", INDENT)}`;
  }
  return remedy.possible ? possibleText(remedy) : impossibleText(remedy);
}

function possibleText({ changes, proof, smallest }: Extract<Remedy, { possible: true }>): string {
  const all = changes.length === 1 ? "this change" : `these ${changes.length} changes`;
  const observed = proof.observed.length === 0 ? "" : `, with ${printable(proof.observed.join(", "))} only observed`;
  const least = changes.length === 1 ? "nothing less is enough" : "none of them can be left out";
  const without = changes.map(({ without: codes }, index) =>
    wrapped(
      `without ${index + 1}: ${verdict(codes.length === 0 ? "allow" : "deny", codes)}`,
      `${INDENT}${INDENT}`,
      INDENT,
    ),
  );
  return [
    `${bold("to allow it")}\n`,
    ...changes.map((change, index) => changeText(change, `${index + 1}. `)),
    `\n${bold("proof")}\n`,
    wrapped(`with ${all} it is decided again: ${green("allowed")}${observed}`, INDENT),
    ...without,
    wrapped(smallest ? least : yellow("not the smallest set: some of it could be left out"), INDENT),
  ].join("");
}

function impossibleText({ because, changes }: Extract<Remedy, { possible: false }>): string {
  return [
    `${bold("nothing allows it as it is")}\n`,
    ...because.map(({ code, why }) => wrapped(`${printable(code)}: ${printable(why)}`, `${INDENT}${INDENT}`, INDENT)),
    ...(changes.length === 0 ? [] : [`\n${bold("what would be needed besides")}\n`]),
    ...changes.map((change, index) => changeText(change, `${index + 1}. `)),
  ].join("");
}

function changeText({ kind, text, place, by, caution }: ExplainedChange, number: string): string {
  const indent = " ".repeat(INDENT.length + number.length);
  return [
    wrapped(printable(text), indent, `${INDENT}${number}`),
    wrapped(
      dim(`${kind}${place === null ? "" : `, ${placeText(place)}`}${by === null ? "" : `, by ${printable(by)} only`}`),
      indent,
    ),
    ...(caution === null ? [] : [wrapped(yellow(`but ${printable(caution)}`), indent)]),
  ].join("");
}

function placeText({ declaration, source }: Place): string {
  const what = printable(declaration);
  return source === null ? what : `${printable(source.file)}:${source.line} (${what})`;
}

function labelled(label: string, text: string): string {
  const indent = " ".repeat(INDENT.length + LABEL);
  return wrapped(text, indent, `${INDENT}${label.padEnd(LABEL)}`);
}

function verdict(decision: "allow" | "deny", reasons: readonly string[]): string {
  return decision === "allow" ? "allowed" : printable(`denied (${reasons.join(", ")})`);
}
