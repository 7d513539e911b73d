import type { AttachRolePolicyCommand } from "@aws-sdk/client-iam";
import { PreparedAccess } from "../../../iam/access/decide";
import type { Statement } from "../../../iam/statement";
import { answersOf } from "../../../review/access/question";
import type { AwsPrincipal } from "../../../review/reach/aws/aws-principal";
import type { AwsLayer } from "../../../review/reach/aws/layer";
import { type AwsPath, taskWay, wayKey } from "../../../review/reach/aws/way";
import { sessionPolicyUntil } from "../../../runtime/aws/session-policy";
import { denyAllArn } from "../../../runtime/kill-switch/agent-roles";
import { denied } from "../../../runtime/kill-switch/aws-step";
import { rfc3339 } from "../../../runtime/rfc3339";
import CASES from "../../cases/kill-switch/aws-sessions.json";
import { accessIn } from "../../review/access/estates";
import { synthesize } from "../../support/example-app";
import { filesOf } from "../../support/review/folders";

/** As `olderSessions` of the table has it */
const STOP = Date.parse("2027-01-15T08:00:00Z") / 1_000;
const AGENT = "support-triage";
const agent = accessIn(filesOf(synthesize())).waysOf(AGENT) as AwsPrincipal;
const task = agent.paths.find(
  ({ way, kind }) => wayKey(way.id) === wayKey(taskWay("answer").id) && kind === "rights",
) as AwsPath;

/** What a session of the task asks for, with what the exchange and the endpoints see to */
const ASKED = { action: "s3:GetObject", resource: "arn:aws:s3:::acme-kb/articles/a" };
const KEYS = {
  "aws:RequestedRegion": ["eu-central-1"],
  "aws:ResourceAccount": ["111122223333"],
  "aws:SourceIdentity": [AGENT],
  "aws:SourceVpc": ["vpc-0a1b2c3d4e5f60718"],
  "aws:ViaAWSService": ["true"],
};

/** Times are seconds from the stop. */
interface Session {
  readonly name: string;
  readonly issued?: number;
  readonly called: number;
  /** End of the run, where that is before the credentials' */
  readonly ends?: number;
  readonly attached?: "denyAll" | "olderSessions";
  readonly verdict: string;
}

const at = (seconds: number): readonly string[] => [rfc3339(STOP + seconds)];
/** Statements, by who has them */
const sourced = (source: string, statements: readonly unknown[]) =>
  statements.map((statement) => ({ statement: statement as Statement, source }));

/** The session policy that STS was sent, in place of the one in the registry */
function layersOf({ ends }: Session): readonly AwsLayer[] {
  if (ends === undefined) return task.layers;
  return task.layers.map((layer) => {
    if (layer.name !== "session") return layer;
    const Statement = layer.statements.map(({ statement }) => statement);
    const sent = sessionPolicyUntil(JSON.stringify({ Version: "2012-10-17", Statement }), STOP + ends);
    const { Statement: all } = JSON.parse(sent) as { readonly Statement: readonly unknown[] };
    return { ...layer, statements: sourced("STS", all) };
  });
}

function verdictOf(session: Session): string | undefined {
  const attached = session.attached === undefined ? [] : CASES[session.attached].Statement;
  const paths = [{ ...task, layers: layersOf(session) }];
  const principal = { ...agent, paths, denies: [...agent.denies, ...sourced("IAM", attached)] };
  const times = {
    "aws:CurrentTime": at(session.called),
    ...(session.issued !== undefined && { "aws:TokenIssueTime": at(session.issued) }),
  };
  return answersOf(principal, { ...ASKED, keys: { ...KEYS, ...times } }, true)[0]?.verdict;
}

test.each(CASES.sessions.map((session) => [session.name, session as Session] as const))(
  "credentials %s: as IAM decides by the policies that are rendered and sent",
  (_, session) => {
    expect(verdictOf(session)).toBe(session.verdict);
  },
);

test("there are more refusals than successes", () => {
  const refusals = CASES.sessions.filter(({ verdict }) => verdict === "denied").length;
  expect(refusals).toBeGreaterThan(CASES.sessions.length - refusals);
});

test.each([
  { action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.researcher" },
  { action: "s3:PutObject", resource: ASKED.resource },
  { action: "kms:Decrypt", resource: "arn:aws:kms:eu-central-1:111122223333:key/1" },
  { action: "iam:DetachRolePolicy", resource: "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage" },
])("what the kill switch attached denies $action too, so that no session frees itself", (asked) => {
  const wide = {
    ...task,
    layers: [{ name: "role", statements: sourced("IAM", [{ Effect: "Allow", Action: "*", Resource: "*" }]) }],
  };
  const decide = (attached: readonly unknown[]) =>
    new PreparedAccess({ paths: [wide], denies: sourced("IAM", attached) }).decide({ ...asked, keys: KEYS }).verdict;
  expect([decide([]), decide(CASES.denyAll.Statement)]).toEqual(["allowed", "denied"]);
});

test("the policy of the table is the one that the kill switch attaches", async () => {
  const asked: unknown[] = [];
  const send = async ({ input }: AttachRolePolicyCommand) => void asked.push(input);
  await denied({ send: send as never }, "aws", "prod.support-triage");
  expect(asked).toEqual([{ RoleName: "prod.support-triage", PolicyArn: denyAllArn("aws") }]);
  expect(denyAllArn("aws")).toBe("arn:aws:iam::aws:policy/AWSDenyAll");
});
