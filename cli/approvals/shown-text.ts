import type { ApprovalSummary, ShownApproval } from "../../runtime/approval/shown-approval";
import { textNotes } from "../../runtime/approval/text-notes";
import { hasHidden, writtenOut } from "../../runtime/approval/visible-text";
import type { Value } from "../../runtime/json";
import { bold, red, table, yellow } from "../terminal";

/** One line each; what agents and users bring in is made visible. */
export function listText(requests: readonly ApprovalSummary[], now: number): string {
  if (requests.length === 0) return "no request\n";
  const rows = requests.map((one) => [
    writtenOut(one.id),
    one.notYours === null ? one.status : `${one.status}, not yours`,
    writtenOut(`${one.agent}.${one.task}`),
    writtenOut(`${one.tool}.${one.action}`),
    writtenOut(one.user?.subject ?? "no user"),
    one.sensitivity,
    one.status === "pending" ? `${minutes(one.openUntil - now)} left` : `${minutes(now - one.requestedAt)} ago`,
  ]);
  return table([["id", "status", "task", "action", "for", "shows", "time"], ...rows]);
}

/** A whole request, without omissions. */
export function shownText(shown: ShownApproval, now: number): string {
  const { user, userEmail, chain, session, declared, decision } = shown;
  const says = JSON.stringify(shown.arguments, null, 2);
  const served =
    user === null
      ? "no user"
      : writtenOut(`${user.subject} at ${user.issuer}${userEmail === null ? "" : ` (${userEmail})`}`);
  const hops = chain.map(({ agent, spiffeId, task }) => writtenOut(`${agent ?? spiffeId}.${task}`));
  return [
    table([
      ["id", writtenOut(shown.id)],
      ["digest", writtenOut(shown.digest)],
      ["status", statusText(shown, now)],
      ["action", bold(writtenOut(`${shown.tool}.${shown.action}`))],
      ["destination", writtenOut(shown.destination)],
      ["impact", declared === null ? red("not declared any more") : impactText(declared)],
      ["agent", writtenOut(`${shown.agent} (${shown.spiffeId})`)],
      ["purpose", writtenOut(shown.purpose ?? "not declared any more")],
      ["task", writtenOut(shown.task)],
      ["for", served],
      ["through", [...hops, writtenOut(`${shown.agent}.${shown.task}`)].join(" → ")],
      ["shows", shown.sensitivity],
      ["has read", `${session.mark}${session.tainted ? red(", and untrusted output") : ""}`],
      ["group", writtenOut(shown.group)],
      ["approved by", shown.approvedBy.map(({ email }) => writtenOut(email)).join(", ") || "no person yet"],
      ["owners", shown.owners.map((owner) => writtenOut(owner)).join(", ")],
      ...(decision === null
        ? []
        : [
            [
              "decided",
              writtenOut(`${decision.verdict} by ${decision.email}: ${decision.reason || "no reason given"}`),
            ],
          ]),
      ...(shown.notYours === null ? [] : [["not yours", red(shown.notYours)]]),
    ]),
    `arguments\n${argumentsText(says)}\n`,
    ...notesOf(shown.arguments).map((note) => yellow(`${note}\n`)),
  ].join("");
}

function statusText({ status, people, approvals, openUntil, goodForSeconds }: ShownApproval, now: number): string {
  if (status !== "pending") return status;
  const left = `${minutes(openUntil - now)} left, then ${minutes(goodForSeconds)} to use it once`;
  return people === 1 ? `pending, ${left}` : `pending, ${approvals} of ${people} have approved, ${left}`;
}

function impactText({ kind, impact, outward, touches, actsAs, url }: NonNullable<ShownApproval["declared"]>): string {
  const seen = outward ? "seen outside the organisation" : "within the organisation";
  const data = touches.length === 0 ? "no declared data" : touches.join(", ");
  const whose = kind === "agent" ? `what ${actsAs} makes of it` : `as ${actsAs === "user" ? "the user" : actsAs}`;
  const text = writtenOut(`${impact}, ${seen}, ${whose}, at ${url}, on ${data}`);
  return impact === "high" || outward ? red(text) : text;
}

/** JSON writes line breaks within texts as escapes: each line begins with blanks of our own. */
function argumentsText(json: string): string {
  return json
    .split("\n")
    .map((line) => {
      const own = line.length - line.trimStart().length;
      return `${line.slice(0, own)}${writtenOut(line.slice(own))}`;
    })
    .join("\n");
}

const HIDDEN = "some characters would not be seen, or hide others: they stand as ⟨U+…⟩ and the like";

/** What a reader must know of names and texts to read them as a program does */
function notesOf(args: Value): readonly string[] {
  const texts = textsIn(args);
  const notes = texts.flatMap((text) =>
    textNotes(text).map((note) => `note: ${writtenOut(JSON.stringify(text))} ${note}`),
  );
  return [...(texts.some(hasHidden) ? [HIDDEN] : []), ...new Set(notes)];
}

function textsIn(value: Value): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return (value as readonly Value[]).flatMap(textsIn);
  return Object.entries(value).flatMap(([name, member]) => [name, ...textsIn(member as Value)]);
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${Math.max(0, seconds)} s` : `${Math.floor(seconds / 60)} min`;
}
