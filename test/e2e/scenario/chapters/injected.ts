import { deepStrictEqual as equal } from "node:assert";
import { COURIER_HOST, HOSTS } from "../../cluster/tools/hosts";
import { INJECTED, INSTRUCTION } from "../../cluster/tools/tickets";
import type { UserGets } from "../../cluster/user";
import type { Check } from "../../harness/suite";
import type { Cast } from "../cast";
import { WAYS } from "../fleet/parcel-desk";
import type { Story } from "../story";
import { sessionOf } from "../told/known";
import { fixIn, refusalIn } from "../triage-says";
import type { Users } from "../users";

const CHAPTER = "Stopped by an injection";
const AGENT = "parcel-desk";
const CODE = "session.tainted";
/** Whose session reads the ticket, and whose does not */
const [READER, OTHER] = ["fay", "gil"] as const;
/** What the ticket orders */
const ORDERED = { parcel: "PX-6666", address: "13 Harbour Street" };
const TRIED = `parcel ${ORDERED.parcel} to ${ORDERED.address}`;
const RESENDS = [AGENT, "courier"] as const;

/** A ticket orders a call that the agent may make by itself, and the agent obeys it as one whose model was hijacked would. */
export function stoppedByInjection(story: Story, { aws, front, users }: Cast, asked: Check): Check {
  const allowed = story.scene(
    CHAPTER,
    "parcel-desk has a parcel sent again for Fay: it may do so without a person's approval",
    [aws, front, users, asked],
    async ([account, { login, tools }, people], tell) => {
      for (const said of ["is asked", "is asked once more"]) {
        let got: UserGets | undefined;
        const arrived = await tools.during(async () => void (got = await resend(people, READER)));
        equal(got?.status, 200, got?.text);
        equal(
          arrived.map(({ host, headers: { authorization } }) => [host, login.gave(authorization)]),
          [[COURIER_HOST, `${READER} ${AGENT} parcels`]],
        );
        tell("allowed", `The courier ${said} to send ${TRIED}, by the SDK of MCP`, "courier.resend", RESENDS);
      }
      const { tainted } = (await sessionOf(account, AGENT, READER)) ?? {};
      equal(tainted, false);
      tell("proven", "That is seen outside, and Fay's session has read nothing that a stranger wrote", "not tainted");
    },
  );

  const stopped = story.scene(
    CHAPTER,
    `ticket ${INJECTED} orders the same call: once the agent has read it, the call is refused for that alone`,
    [aws, front, users, allowed],
    async ([account, { tools }, people], tell) => {
      let fix = "";
      const arrived = await tools.during(async () => {
        const read = await people.ask({ ...WAYS.read, user: READER, body: { ticket: Number(INJECTED) } });
        equal(read.status, 200, read.text);
        equal(read.text.includes(INSTRUCTION), true, read.text);
        const { tainted } = (await sessionOf(account, AGENT, READER)) ?? {};
        equal(tainted, true);
        const got = await resend(people, READER);
        equal([got.status, refusalIn(got)], [403, [CODE]], got.text);
        fix = fixIn(got);
      });
      equal(
        arrived.map(({ host }) => host),
        [HOSTS.zendesk],
      );
      tell("asked", `A stranger wrote in the ticket: "${INSTRUCTION}"`, undefined, ["zendesk", AGENT]);
      tell("proven", "Fay's session has read words of a stranger", "tainted");
      tell(
        "stand-in",
        "No model is hijacked here: the agent's code does what one would do that obeys the ticket",
        TRIED,
      );
      tell("refused", "The same call as before, for the same user, does not reach the courier", CODE, RESENDS);
      tell("proven", "The refusal says what would allow it", fix);
    },
  );

  return story.scene(
    CHAPTER,
    "for another user, whose session has read no ticket, the same call still passes",
    [front, users, stopped],
    async ([{ tools }, people], tell) => {
      const arrived = await tools.during(async () => {
        const got = await resend(people, OTHER);
        equal(got.status, 200, got.text);
      });
      equal(
        arrived.map(({ host }) => host),
        [COURIER_HOST],
      );
      tell("allowed", "Gil asks the same pod for the same: it is his session that counts", "courier.resend", RESENDS);
    },
  ) as Check;
}

function resend(people: Users, user: string): Promise<UserGets> {
  return people.ask({ ...WAYS.resend, user, body: ORDERED });
}
