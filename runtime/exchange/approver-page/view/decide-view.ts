import { html as markup } from "hono/html";
import { LONGEST_REASON } from "../../../approval/approval-record";
import type { NotYours, ShownApproval } from "../../../approval/shown-approval";
import type { Html } from "./layout";
import { lasting } from "./times";

export interface DecideForm {
  /** Bound to the person's session and to the digest */
  readonly token: string;
  /** What the person had written already */
  readonly reason: string;
}

/**
 * Name of the checkbox that a person ticks before an approval counts: clickjacking with a single click decides nothing.
 */
export const HAS_READ = "read";

/** What the page says of the session that asks: another one that has read more may ask meanwhile. */
export function knownOf({ session, sensitivity }: Pick<ShownApproval, "sensitivity" | "session">): string {
  return [session.mark, session.tainted ? "tainted" : "clean", sensitivity].join(" ");
}

/** The only place where a person decides, at the end of all that is decided on */
export function decideForm(whole: ShownApproval, { token, reason }: DecideForm): Html {
  const { id, digest, goodForSeconds, people } = whole;
  // No address of another page leads to them: the token is in their names.
  const [text, help, read] = ["reason", "help", HAS_READ].map((name) => `${name}-${token}`);
  return markup`<section class="decide">
    <h2>Your decision</h2>
    <form method="post" action="/requests/${id}">
      <input type="hidden" name="digest" value="${digest}" />
      <input type="hidden" name="token" value="${token}" />
      <input type="hidden" name="known" value="${knownOf(whole)}" />
      <label for="${text}">Reason</label>
      <textarea id="${text}" name="reason" rows="3" maxlength="${LONGEST_REASON}" aria-describedby="${help}">
${reason}</textarea>
      <p id="${help}" class="quiet">
        Needed to refuse. It stands in the record, and others of the group see it. An approval is good for
        ${lasting(goodForSeconds)}, once.${people === 2 ? " Two different people must approve; one refusal is enough." : ""}
      </p>
      <p class="read">
        <input id="${read}" type="checkbox" name="${HAS_READ}" value="yes" required />
        <label for="${read}">I have read all of the arguments. Needed to approve.</label>
      </p>
      <div class="buttons">
        <button class="refuse" type="submit" name="verdict" value="refused" formnovalidate>Refuse</button>
        <button type="submit" name="verdict" value="approved">Approve this exact request</button>
      </div>
    </form>
  </section>`;
}

/** In its place where the login is too old: the person comes back to this request. */
export function loginAgain({ id }: ShownApproval, recentLoginSeconds: number): Html {
  return markup`<h2>Your decision</h2>
    <div class="panel odd">
      <p>
        You logged in more than ${lasting(recentLoginSeconds)} ago. Log in again to decide; you come back to this
        request.
      </p>
      <p><a class="button" href="/sign-in?to=${encodeURIComponent(`/requests/${id}`)}">Log in again</a></p>
    </div>`;
}

export function notYours(code: NotYours, why: string): Html {
  const told =
    code === "decide.stopped"
      ? markup`<strong>Stopped</strong>: ${why}.`
      : markup`You cannot decide on this request: ${why}.`;
  return markup`<h2>Your decision</h2>
    <div class="panel"><p>${told}</p></div>`;
}
