import { deepStrictEqual as equal, match } from "node:assert";
import { RESEARCHER } from "../../cluster/agent/researcher";
import type { UserGets } from "../../cluster/user";
import type { Check } from "../../harness/suite";
import { until } from "../../harness/until";
import { HOSTS } from "../../cluster/tools/hosts";
import { INJECTED } from "../../cluster/tools/tickets";
import type { Story } from "../story";
import { recordsOf, sessionOf } from "../told/known";
import type { Cast } from "../cast";

/** Whose request it is: nothing was read for her before. */
export const ASKING = "dora";
const REACHED_SECONDS = 60;
const QUESTION = `What does the customer write in ticket ${INJECTED}?`;

/** Work is handed on to another agent over A2A, and what comes back is confidential. */
export function delegated(story: Story, { node, aws, front, users, researcher }: Cast): Check {
  return story.scene(
    "A user asks",
    "support-triage hands a question on to researcher over A2A, whose answer is confidential",
    [node, aws, front, users, researcher],
    async ([, account, { login, tools }, people], tell) => {
      equal(await sessionOf(account, "support-triage", ASKING), undefined);
      let run = "";
      const arrived = await tools.during(async () => {
        let begin = 0;
        let got: UserGets = { status: 0, text: "", run: null };
        const answered = async (): Promise<boolean> => {
          begin = performance.now();
          const body = { question: QUESTION };
          got = await people.ask({ user: ASKING, task: "answer", path: "/threads/research", body });
          return got.status !== 500;
        };
        // Of researcher, whose pod is Ready since a moment ago, the name service may not know yet: then nothing of it goes on.
        await until(answered, REACHED_SECONDS, () => got.text);
        equal(got.status, 200, got.text);
        match(got.text, /Send parcel PX-6666 again/);
        const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
        tell("asked", `Dora asks support-triage: "${QUESTION}"`, `answered after ${seconds} s`, [
          ASKING,
          "support-triage",
        ]);
        run = (got.run ?? "").split(".")[0] as string;
      });
      const [call, ...more] = arrived;
      equal([call?.host, call?.path, more], [HOSTS.zendesk, `/api/v2/tickets/${INJECTED}`, []]);
      tell(
        "allowed",
        "The work is handed on by a token that the companions fetch and show: the agents know nothing of it",
        "researcher.lookup",
        ["support-triage", "researcher"],
      );
      const whose = login.gave(call?.headers.authorization);
      equal(whose, `${ASKING} researcher support-triage tickets`);
      tell(
        "proven",
        "Zendesk is asked with a token of Dora: researcher acts for support-triage, which acts for her",
        `sub ${ASKING}, act researcher, act.act support-triage`,
        ["researcher", "zendesk"],
      );
      const worked = (await recordsOf(account, run)).map(({ facts: { agent, task } }) => `${agent}.${task}`);
      equal([...new Set(worked)].sort(), [`${RESEARCHER.name}.lookup`, "support-triage.answer"]);
      tell("recorded", "The work of both agents is on record under one transaction", run);
      for (const agent of [RESEARCHER.name, "support-triage"]) {
        const { mark, tainted } = (await sessionOf(account, agent, ASKING)) ?? {};
        equal([mark, tainted], ["confidential", true]);
      }
      tell(
        "proven",
        "Before, support-triage had read nothing for Dora. By the answer it has read confidential data, and words of strangers",
        "mark confidential, tainted",
      );
    },
  ) as Check;
}
