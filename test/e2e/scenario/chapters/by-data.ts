import { deepStrictEqual as equal, match } from "node:assert";
import { API_KEY } from "../../cluster/aws/account";
import type { Check } from "../../harness/suite";
import { HOSTS } from "../../cluster/tools/hosts";
import type { Cast } from "../cast";
import type { Story } from "../story";
import { sessionOf } from "../told/known";
import { fixIn, refusalIn } from "../triage-says";
import { ASKING } from "./delegated";

const CHAPTER = "Stopped by the data";
const OTHER = "emil";
const CODE = "mark.above-clearance";

/** Once confidential data was read, nothing of that session goes where only internal data may. */
export function stoppedByData(story: Story, { aws, front, keys, users }: Cast, read: Check): Check {
  const stopped = story.scene(
    CHAPTER,
    "the same session is stopped before github, which is cleared for internal data only",
    [front, users, read],
    async ([{ tools }, people], tell) => {
      let fix = "";
      const arrived = await tools.during(async () => {
        const got = await people.ask({ user: ASKING, task: "fix", path: "/threads/fix", body: FIX });
        equal([got.status, refusalIn(got)], [403, [CODE]], got.text);
        fix = fixIn(got);
      });
      equal(arrived, []);
      tell("refused", "Dora asks whether the fix is merged: nothing reaches github", CODE, [
        "support-triage",
        "github",
      ]);
      tell("proven", "The refusal says what would allow it", fix);
    },
  );

  return story.scene(
    CHAPTER,
    "another user's session, which has read nothing confidential, gets its answer from github",
    [aws, front, users, keys, stopped],
    async ([account, { tools }, people], tell) => {
      const arrived = await tools.during(async () => {
        const got = await people.ask({ user: OTHER, task: "fix", path: "/threads/fix", body: FIX });
        equal(got.status, 200, got.text);
        match(got.text, /Pack parcels better/);
      });
      equal(
        arrived.map(({ host, path, headers: { authorization } }) => [host, path, authorization]),
        [[HOSTS.github, "/repos/acme/shop/pulls/42", `Bearer ${API_KEY}`]],
      );
      tell("allowed", "Emil asks the same of the same pod, and the pull request is merged", "200", [
        "support-triage",
        "github",
      ]);
      const { mark } = (await sessionOf(account, "support-triage", OTHER)) ?? {};
      equal(mark, "internal");
      tell("proven", "The session of Emil has read internal data at most", `mark ${mark}`);
    },
  ) as Check;
}

const FIX = { repository: "acme/shop", number: 42 };
