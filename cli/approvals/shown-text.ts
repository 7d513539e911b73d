import type { ApprovalSummary, ShownApproval } from "../../runtime/approval/shown-approval";
import { needsCare, visible } from "../../runtime/approval/visible";
import { bold, red, table, yellow } from "../terminal";

/** One line each; what agents and users bring in is made visible. */
export function listText(requests: readonly ApprovalSummary[], now: number): string {
  if (requests.length === 0) return "no request\n";
  const rows = requests.map((one) => [
    visible(one.id),
    one.notYours === null ? one.status : `${one.status}, not yours`,
    visible(`${one.agent}.${one.task}`),
    visible(`${one.tool}.${one.action}`),
    visible(one.user?.subject ?? "no user"),
    one.sensitivity,
    one.status === "pending" ? `${minutes(one.openUntil - now)} left` : `${minutes(now - one.requestedAt)} ago`,
  ]);
  return table([["id", "status", "task", "action", "for", "shows", "time"], ...rows]);
}

/** All of a request: nothing of it is left out or cut. */
export function shownText(shown: ShownApproval, now: number): string {
  const { user, userEmail, chain, session, declared, decision } = shown;
  const says = JSON.stringify(shown.arguments, null, 2);
  const served =
    user === null
      ? "no user"
      : visible(`${user.subject} at ${user.issuer}${userEmail === null ? "" : ` (${userEmail})`}`);
  const hops = chain.map(({ agent, spiffeId, task }) => visible(`${agent ?? spiffeId}.${task}`));
  return [
    table([
      ["id", visible(shown.id)],
      ["digest", visible(shown.digest)],
      ["status", statusText(shown, now)],
      ["action", bold(visible(`${shown.tool}.${shown.action}`))],
      ["destination", visible(shown.destination)],
      ["impact", declared === null ? red("not declared any more") : impactText(declared)],
      ["agent", visible(`${shown.agent} (${shown.spiffeId})`)],
      ["purpose", visible(shown.purpose ?? "not declared any more")],
      ["task", visible(shown.task)],
      ["for", served],
      ["through", [...hops, visible(`${shown.agent}.${shown.task}`)].join(" → ")],
      ["shows", shown.sensitivity],
      ["has read", `${session.mark}${session.tainted ? red(", and untrusted output") : ""}`],
      ["group", visible(shown.group)],
      ["approved by", shown.approvedBy.map(({ email }) => visible(email)).join(", ") || "no person yet"],
      ["owners", shown.owners.map((owner) => visible(owner)).join(", ")],
      ...(decision === null
        ? []
        : [["decided", visible(`${decision.verdict} by ${decision.email}: ${decision.reason || "no reason given"}`)]]),
      ...(shown.notYours === null ? [] : [["not yours", red(shown.notYours)]]),
    ]),
    `arguments\n${visible(says, { lines: true })}\n`,
    ...(hasHidden(shown.arguments)
      ? [
          yellow(
            "some characters would not be seen, or turn the order of others: they stand as ⟨U+…⟩, or run from right to left\n",
          ),
        ]
      : []),
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
  const text = visible(`${impact}, ${seen}, ${whose}, at ${url}, on ${data}`);
  return impact === "high" || outward ? red(text) : text;
}

/** In names and values: JSON writes some of them as escapes, which are seen. */
function hasHidden(value: unknown): boolean {
  if (typeof value === "string") return needsCare(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => needsCare(name) || hasHidden(member));
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${Math.max(0, seconds)} s` : `${Math.floor(seconds / 60)} min`;
}
