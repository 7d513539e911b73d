import { deepStrictEqual as equal, ok } from "node:assert";
import { createHash } from "node:crypto";
import { STATE_TABLE } from "../../cluster/aws/account";
import { recordsWritten } from "../../exchange/written-records";
import { codesIn } from "../../cluster/codes-of";
import type { Answer } from "../../cluster/ask-companion";
import { PASSED } from "../../cluster/call-checks";
import { COURIER_HOST, HOSTS, MODEL } from "../../cluster/tools/hosts";
import type { Arrived } from "../../cluster/tools/tools";
import type { Check } from "../../harness/suite";
import { WAYS } from "../fleet/parcel-desk";
import { ARTICLE, ARTICLES, brokeredFor, BUCKET, verdictOf } from "../credentials";
import { SAID } from "../tools";
import { askAsUser } from "../../cluster/user";
import { HOST } from "../../cluster/user-checks";
import type { Story } from "../story";
import type { Cast } from "../cast";

const CHAPTER = "A user asks";
const QUESTION = { ticket: 7, article: ARTICLE, question: "What do we do about this ticket?" };
const TEXT = "Lost parcels are sent again, once.";
const SCOPE = "ambit:support-triage:answer";
/** What the session of the task may not, though it is in the same account */
const DENIED = [
  ["s3:GetObject", "digests/2026-11-30.md"],
  ["s3:GetObject", "payroll.csv"],
  ["s3:PutObject", ARTICLE],
] as const;

/** What the request was, beside its answer */
export interface Asked {
  /** Reference of the run */
  readonly run: string;
}

/** A user's request goes through an unmodified agent to AWS, a model and tools, each with a credential of its own. */
export function userAsks(story: Story, cast: Cast): Check<Asked> {
  const { node, aws, front, applied, place, users } = cast;
  const article = story.scene(CHAPTER, "the knowledge base has an article", [aws], async ([account], tell) => {
    await account.makeBucket(BUCKET);
    await account.put(BUCKET, ARTICLE, TEXT);
    tell("stand-in", `The bucket ${BUCKET} of another team is made by hand, with one article in it`, ARTICLE);
  });

  const asked = story.scene(
    CHAPTER,
    "Alice asks support-triage about a ticket, and gets an answer",
    [aws, front, users, article],
    async ([account, { login, tools, calls }, people], tell) => {
      tell("asked", `Alice asks "${QUESTION.question}", with an access token of her login that names one task`, SCOPE, [
        "alice",
        "support-triage",
      ]);
      let got = { status: 0, text: "", run: null as string | null };
      const arrived = await tools.during(async () => {
        got = await people.ask({ user: "alice", task: "answer", path: "/chat", body: QUESTION });
      });
      equal(got.status, 200, got.text);
      equal(JSON.parse(got.text), { ticket: { id: "7", subject: "No parcel" }, answer: SAID });
      ok(got.run !== null, "there is no reference of the run");
      tell("allowed", "The agent, in FastAPI with the SDKs of others, answers her", `run ${got.run}`);
      tell("stand-in", "Tools and model are stand-ins, by the names and addresses that the gateway knows them by");

      const [ticket, model, ...more] = arrived as readonly [Arrived, Arrived, ...Arrived[]];
      equal(more, []);
      equal(
        [ticket.host, ticket.method, ticket.path, login.gave(ticket.headers.authorization), strangeIn(ticket)],
        [HOSTS.zendesk, "GET", "/api/v2/tickets/7", "alice support-triage tickets", []],
      );
      tell(
        "allowed",
        "Zendesk is called with a token of Alice, which her login gave to support-triage acting for her",
        "scope tickets",
        ["support-triage", "zendesk"],
      );
      const given = JSON.parse(model.body) as { readonly system: string };
      equal(
        [model.host, model.path, login.gave(model.headers.authorization), given.system, model.headers["x-api-key"]],
        [MODEL, "/v1/messages", "ambit-exchange messages", TEXT, undefined],
      );
      tell("allowed", "The model sees the platform's token: the agent's SDK has no key of its own", "scope messages", [
        "support-triage",
        "claude",
      ]);

      const { session, key, until, seconds, policy } = brokeredFor(calls);
      const run = got.run.split(".")[0] as string;
      const digest = `sha256:${createHash("sha256").update(policy).digest("hex")}`;
      equal(
        (await recordsWritten(account.url, STATE_TABLE, "aws.issued")).map(({ facts }) => [
          facts.run,
          facts.txn,
          facts.policy,
        ]),
        [[run, session, digest]],
      );
      tell(
        "allowed",
        `S3 sees credentials that STS gave for this run alone, for ${seconds} s`,
        `${key} until ${until}`,
        ["support-triage", "s3"],
      );
      return { run: got.run };
    },
  );

  story.scene(
    CHAPTER,
    "the credentials open the articles, and nothing that the task does not read",
    [front, asked],
    ([{ calls }], tell) => {
      const { policy } = brokeredFor(calls);
      const verdict = (action: string, key: string): string => verdictOf(policy, action, `${ARTICLES}/${key}`);
      equal(verdict("s3:GetObject", ARTICLE), "allowed");
      for (const [action, key] of DENIED) {
        equal(verdict(action, key), "denied");
        tell("proven", `They do not open ${action} of ${BUCKET}/${key}`, "session policy");
      }
      tell("stand-in", "moto checks no policy: the session policy that STS was sent is evaluated here, as AWS does");
    },
  );

  story.scene(
    CHAPTER,
    "parcel-desk finds a parcel for Alice by a tool of MCP, with the official SDK as it is",
    [front, users, asked],
    async ([{ login, tools }, people], tell) => {
      const parcel = { parcel: "PX-1001" };
      const arrived = await tools.during(async () => {
        const got = await people.ask({ ...WAYS.track, user: "alice", body: parcel });
        equal(got.status, 200, got.text);
        const found = `track_parcel ${JSON.stringify(parcel)}`;
        equal(JSON.parse(got.text), { tools: ["track_parcel", "resend_parcel"], found });
      });
      equal(
        arrived.map((one) => [one.host, login.gave(one.headers.authorization), strangeIn(one)]),
        [[COURIER_HOST, "alice parcel-desk parcels", []]],
      );
      tell(
        "allowed",
        "The SDK of MCP lists the tools and calls the pinned one by a base URL of the companion: it reaches the courier with Alice's token",
        "courier.track",
        ["parcel-desk", "courier"],
      );
    },
  );

  story.scene(
    CHAPTER,
    "a question without a token, and a tool that the task does not have, are refused and reach nothing",
    [node, front, applied, place, users, asked],
    async ([on, { tools }, authority, { gateway: at }, people], tell) => {
      const arrived = await tools.during(async () => {
        const without = await askAsUser(on, at, { authority, host: HOST, path: "/chat", body: QUESTION });
        equal([without.status, codesIn(JSON.parse(without.text) as Answer)], [401, ["way.evidence"]]);
        tell("refused", "The same question without a token", "way.evidence", ["alice", "support-triage"]);
        const pull = { repository: "acme/shop", number: 12 };
        const undeclared = await people.ask({ user: "alice", task: "refund", path: "/threads/fix", body: pull });
        equal(
          [undeclared.status, codesIn(JSON.parse(undeclared.text) as Answer)],
          [403, ["audience.not-granted"]],
          undeclared.text,
        );
        tell("refused", "A tool that the task refund does not have", "audience.not-granted", [
          "support-triage",
          "github",
        ]);
      });
      equal(arrived, []);
    },
  );
  return asked;
}

/** Names of headers that a tool has no need of */
function strangeIn({ headers }: Arrived): readonly string[] {
  return Object.keys(headers).filter((name) => name !== "authorization" && !PASSED.includes(name));
}
