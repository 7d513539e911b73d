import { html as markup } from "hono/html";
import type { User } from "../../../../domain";
import type { ShownApproval, ShownHop } from "../../../approval/shown-approval";
import type { Before } from "../found-requests";
import { argumentsTable } from "./arguments-table";
import { type Html, shown } from "./layout";
import { riskOf } from "./risk";
import { standingText } from "./standing-view";
import { lasting, moment } from "./times";

export interface RequestView {
  readonly whole: ShownApproval;
  readonly before: Before | undefined;
  readonly now: number;
  /** What was wrong with the submitted form; undefined if nothing was */
  readonly problem: string | undefined;
  /** The form, or why there is none */
  readonly ending: Html | "";
}

/** The whole request, then the form: a person sees the last argument before the buttons. */
export function requestView({ whole, before, now, problem, ending }: RequestView): Html {
  const { agent, tool, action } = whole;
  return markup`<h1>${shown(agent)} asks for ${shown(`${tool}.${action}`)}</h1>
    ${problem === undefined ? "" : markup`<div class="panel bad" role="alert"><p>${shown(problem)}</p></div>`}
    <p class="state">${standingText(whole, now)}</p>
    ${risk(whole)} ${happens(whole)} ${asks(whole)} ${hasRead(whole)} ${written(whole, before)} ${ending}`;
}

function risk(whole: ShownApproval): Html {
  const { level, because } = riskOf(whole);
  const why = because.length === 0 ? "nothing is out of the ordinary" : because.join("; ");
  return markup`<div class="panel ${level === "high" ? "bad" : level === "raised" ? "odd" : "good"}">
    <p><strong>Risk: ${level}</strong>, as ${why}.</p>
  </div>`;
}

/** Our own words and declared names only: no text of the agent appears as ours. */
function happens({
  agent,
  tool,
  action,
  destination,
  goodForSeconds,
  declared,
  user,
  sensitivity,
}: ShownApproval): Html {
  const calling = markup`call the action <strong>${shown(action)}</strong> of the tool <strong>${shown(tool)}</strong> at <strong>${shown(destination)}</strong>`;
  const handing = markup`hand the message below on to the agent <strong>${shown(declared?.actsAs ?? "")}</strong>, for its task <strong>${shown(action)}</strong>,`;
  return markup`<h2>What will happen</h2>
    <p class="lead">If it is approved, the agent <strong>${shown(agent)}</strong> may ${declared?.kind === "agent" ? handing : calling} once, within ${lasting(goodForSeconds)}, with exactly the arguments below. ${declared?.kind === "agent" ? "Another message" : "A call with any other argument"} is not covered.</p>
    ${declared === null ? GONE : consequences(declared, user)}
    <p>It may show data up to <strong>${sensitivity}</strong>.</p>`;
}

const GONE = markup`<div class="panel bad">
  <p>The fleet declares this action no more: it will be denied, approved or not.</p>
</div>`;

function consequences(
  { kind, impact, outward, touches, actsAs }: NonNullable<ShownApproval["declared"]>,
  user: User | null,
) {
  const impacts = markup`<strong>High impact</strong>: what it does is hard to undo, or does much harm if it is wrong.`;
  const seen = markup`<strong>Outward</strong>: its effect is seen outside the organisation.`;
  const data = touches.map((each, index) => markup`${index === 0 ? "" : ", "}${shown(each.replace(":", ": "))}`);
  return markup`<ul>
    <li>${impact === "high" ? impacts : "Not declared as high impact."}</li>
    <li>${outward ? seen : "Its effect stays inside the organisation, as declared."}</li>
    <li>${kind === "agent" ? onItsOwn(actsAs) : actsWith(actsAs, user)}</li>
    <li>${touches.length === 0 ? "It touches no declared dataset." : markup`It touches ${data}.`}</li>
  </ul>`;
}

function onItsOwn(delegate: string): Html {
  return markup`The agent ${shown(delegate)} decides by itself what it does with the message, with the rights that the chain leaves it: the lines above are the most that it and those behind it may do.`;
}

function actsWith(actsAs: string, user: User | null): Html | string {
  if (actsAs !== "user") return markup`The tool is called as the service ${shown(actsAs)}.`;
  return user === null
    ? "The tool acts with a user's rights, and no user is served."
    : markup`The tool acts with the rights of the user ${shown(user.subject)}.`;
}

function asks({
  agent,
  spiffeId,
  purpose,
  owners,
  task,
  user,
  userEmail,
  chain,
  group,
  requestedAt,
  openUntil,
}: ShownApproval): Html {
  const none = markup`<strong>The fleet declares this agent no more.</strong>`;
  return markup`<h2>Who asks</h2>
    <dl>
      <dt>Agent</dt>
      <dd>${shown(agent)}<br /><span class="quiet">${shown(spiffeId)}</span></dd>
      <dt>Its purpose</dt>
      <dd>${purpose === null ? none : shown(purpose)}</dd>
      <dt>Owners</dt>
      <dd>${owners.map((owner, index) => markup`${index === 0 ? "" : ", "}${shown(owner)}`)}</dd>
      <dt>Task</dt>
      <dd>${shown(task)}</dd>
      <dt>For</dt>
      <dd>${user === null ? "no user: it was started by itself, a schedule or an event" : person(user, userEmail)}</dd>
      <dt>Through</dt>
      <dd>${chain.length === 0 ? "no other agent" : through(chain, agent)}</dd>
      <dt>Decided by</dt>
      <dd>the group ${shown(group)}</dd>
      <dt>Asked at</dt>
      <dd>${moment(requestedAt)}</dd>
      <dt>Open until</dt>
      <dd>${moment(openUntil)}</dd>
    </dl>`;
}

function person({ subject, issuer }: User, email: string | null): Html {
  const known = email === null ? "no verified e-mail address" : shown(email);
  return markup`${shown(subject)} <span class="quiet">(${known}, at ${shown(issuer)})</span>`;
}

function through(chain: readonly ShownHop[], agent: string): Html {
  const hops = chain.map((hop) => markup`<li>${shown(hop.agent ?? hop.spiffeId)}, in its task ${shown(hop.task)}</li>`);
  return markup`<ol class="chain">${hops}<li>${shown(agent)}</li></ol>`;
}

function hasRead({ session: { mark, tainted } }: ShownApproval): Html {
  const warned = markup`It had read <strong>content that a stranger may have written</strong>. The arguments below may be that stranger's wish: check each against what the user wants.`;
  return markup`<h2>What its session had read when it asked</h2>
    <div class="panel${tainted ? " odd" : ""}">
      <p>Data up to <strong>${mark}</strong>.</p>
      <p>${tainted ? warned : "Nothing that a stranger may have written, as far as is declared."}</p>
    </div>`;
}

function written(whole: ShownApproval, before: Before | undefined): Html {
  const compared =
    before === undefined
      ? markup`<p>Among the latest requests there is no approved one of this agent for this action to compare with.</p>`
      : markup`<p>Compared with the last one that was approved, at ${moment(before.at)} by ${shown(before.by)}.</p>`;
  return markup`<h2>The arguments, all of them</h2>
    <p class="quiet">The agent has written them. Characters that would not be seen, or that turn the order of the text, stand as <span class="unseen">U+…</span>.</p>
    ${compared} ${argumentsTable(whole.arguments, before?.arguments)}`;
}
