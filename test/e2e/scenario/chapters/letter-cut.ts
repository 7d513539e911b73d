import { deepStrictEqual as equal, ok } from "node:assert";
import { MODEL } from "../../cluster/tools/hosts";
import type { Arrived } from "../../cluster/tools/tools";
import { inTime } from "../../cut/ended";
import type { Check, Suite } from "../../harness/suite";
import type { Cast } from "../cast";
import { WAYS } from "../fleet/parcel-desk";
import { type Horizon, horizonIn, ON_CALL, revoke } from "../kill/on-call";
import type { OpenAnswer } from "../kill/open-answer";
import { refusalIn } from "../triage-says";
import type { Story } from "../story";

const CHAPTER = "The kill";
export const WRITER = "parcel-desk";
export const WRITERS_REASON = "INC-4814: letters that promise what is not true";
const USER = "hal";
const BODY = { ticket: 7 };
/** Of all its tasks: one reads AWS data, and hands work on to another agent */
const PATHS = ["aws", "parcel-payer requests", "parcel-payer tools", "requests", "tools"];
const SECONDS = 120;

interface Writing {
  readonly answer: OpenAnswer;
  /** As the model's provider got it */
  readonly asked: Arrived;
}

/** An agent is stopped while a model's answer streams to it. */
export function letterCut(suite: Suite, story: Story, { node, front, users }: Cast, before: Check): Check {
  const writing = story.scene(
    CHAPTER,
    "parcel-desk has a model write a letter for Hal, which comes word by word",
    [front, users, before],
    async ([{ tools }, people], tell) => {
      let answer: OpenAnswer | undefined;
      const arrived = await tools.during(async () => {
        answer = await people.opens({ ...WAYS.letter, user: USER, body: BODY });
      });
      suite.afterwards(() => (answer as OpenAnswer).stop());
      const [asked, ...more] = arrived as readonly [Arrived, ...Arrived[]];
      equal([asked.host, (JSON.parse(asked.body) as { stream: boolean }).stream, more], [MODEL, true, []]);
      tell(
        "allowed",
        "The SDK of Anthropic streams the model's answer, and its first words have come to Hal",
        undefined,
        [WRITER, "claude"],
      );
      return { answer, asked } as Writing;
    },
  );

  return story.scene(
    CHAPTER,
    "olga of on-call stops it: the model's stream is cut within the printed horizon, and Hal's answer with it",
    [node, front, users, writing],
    async ([on, { login }, people, { answer, asked }], tell) => {
      ok(answer.isOpen, "the answer ended before the stop");
      const done = await revoke(on, login, ON_CALL, [WRITER, WRITERS_REASON]);
      // 3: the list of killed agents is the kill switch's, which the example has not.
      equal(done.code, 3, done.text);
      tell("allowed", `ambit revoke agent ${WRITER} has stopped it at the exchange`, WRITERS_REASON, [
        "olga",
        "exchange",
      ]);
      const printed = horizonIn(done.text);
      equal(printed.map(({ path }) => path).sort(), PATHS, done.text);
      const end = await answer.end(SECONDS);
      ok(end.how !== "whole", "the answer came to its end");
      const sides = [
        ["tools", "the model's provider sees its stream closed", await inTime(asked.over)],
        ["requests", "the last word comes to Hal", end.last],
        ["requests", "Hal's answer breaks off", end.at],
      ] as const;
      for (const [by, what, at] of sides) {
        const { seconds: most, until: latest } = printed.find(({ path }) => path === by) as Horizon;
        const after = ((at - latest) / 1_000 + most).toFixed(1);
        ok(at <= latest, `${what} after ${after} s, and ${most} s are printed`);
        tell("measured", `${after} s after the order ${what}, of at most ${most} s`, by);
      }
      tell("refused", "The stream that was open is cut in its middle", end.how, [WRITER, "claude"]);
      const again = await people.ask({ ...WAYS.letter, user: USER, body: BODY });
      equal([again.status, refusalIn(again)], [403, ["agent.revoked"]], again.text);
      tell("refused", "Another letter is not begun", "agent.revoked", [USER, WRITER]);
    },
  ) as Check;
}
