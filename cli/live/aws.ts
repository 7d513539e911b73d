import { LABELS } from "../../constructs/platform/names";
import type { Asked, DeployedRole, ServiceUse } from "../../governance/inventory/live/deployed";
import { CliError, type Io } from "../program";
import { progress } from "../progress";
import type { RunProgram } from "../stop/function-call";
import { type Answer, answerOf, listIn, printedBy, textIn, timeIn, wholeListIn } from "./answers";

export interface AwsParts {
  readonly run: RunProgram;
  readonly io: Io;
  readonly wait: (milliseconds: number) => Promise<void>;
}

const FORMAT = ["--output", "json"] as const;
const POLL_MILLISECONDS = 1_000;
const MOST_POLLS = 120;
const ARN = /^arn:[a-z-]+:iam::(\d{12}):role(\/[\w+=,.@/-]*\/)[\w+=,.@-]{1,64}$/;

/**
 * Roles at the path of the declared ones, by the AWS command line and with the rights of the operator. Of the declared ones also their
 * last use (IAM API, GenerateServiceLastAccessedDetails); requests change nothing.
 *
 * @param declared ARNs
 * @throws CliError if AWS does not answer, or answers for another account
 */
export async function rolesInAws(declared: readonly string[], parts: AwsParts): Promise<readonly DeployedRole[]> {
  const { account, path } = placeOf(declared);
  const { run, io } = parts;
  const identity = ["sts", "get-caller-identity", "--query", "Account", "--output", "text"];
  const yours = (await printedBy(run, "aws", identity)).trim();
  if (yours !== account) {
    throw new CliError(`the declared roles are in account ${account}, got rights in ${yours}: sign in to that one`);
  }
  const listing = ["iam", "list-roles", `--path-prefix=${path}`, ...FORMAT];
  const listed = wholeListIn(await progress(io, "listing roles", answerOf(run, "aws", listing)), "Roles");
  const known = new Set(declared);
  const roles: DeployedRole[] = [];
  for (const role of listed) {
    const arn = textIn(role, "Arn");
    const [, owner, where = ""] = ARN.exec(arn) ?? [];
    if (owner !== account || !where.startsWith(path)) throw new CliError(`AWS lists ${arn} as a role at ${path}`);
    const what = `asking AWS about role ${roles.length + 1} of ${listed.length}`;
    roles.push(await progress(io, what, roleOf(role, arn, known.has(arn), parts)));
  }
  return roles;
}

function placeOf(declared: readonly string[]): { readonly account: string; readonly path: string } {
  const places = new Map(
    declared.map((arn) => {
      const [, account = "", path = ""] = ARN.exec(arn) ?? [];
      return [`${account} ${path}`, { account, path }];
    }),
  );
  const [place, ...others] = [...places.values()];
  if (place === undefined) throw new CliError("no agent declares data of AWS, so the path of its roles is not known");
  if (place.account !== "" && others.length === 0) return place;
  throw new CliError(`roles must be declared at one path of one account, got ${[...places.keys()].join(", ")}`);
}

async function roleOf(role: Answer, arn: string, isDeclared: boolean, parts: AwsParts): Promise<DeployedRole> {
  const createdAt = timeIn(role, "CreateDate");
  if (createdAt === undefined) throw new CliError(`AWS does not say when ${arn} was created`);
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  const tags = await answerOf(parts.run, "aws", ["iam", "list-role-tags", `--role-name=${name}`, ...FORMAT]);
  const tag = wholeListIn(tags, "Tags").find(({ Key }) => Key === LABELS.agent);
  const uses: Asked<readonly ServiceUse[]> = isDeclared
    ? await usesOf(arn, parts)
    : { unknown: "the role is not declared" };
  return { arn, createdAt, ...(tag && { agent: textIn(tag, "Value") }), uses };
}

async function usesOf(arn: string, { run, wait }: AwsParts): Promise<Asked<readonly ServiceUse[]>> {
  const request = ["iam", "generate-service-last-accessed-details", `--arn=${arn}`];
  const started = await answerOf(run, "aws", [...request, "--granularity", "ACTION_LEVEL", ...FORMAT]);
  const job = textIn(started, "JobId");
  const page = (marker?: string): Promise<Answer> =>
    answerOf(run, "aws", [
      ...["iam", "get-service-last-accessed-details", `--job-id=${job}`],
      ...(marker === undefined ? [] : [`--marker=${marker}`]),
      ...FORMAT,
    ]);
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    const answer = await page();
    const status = textIn(answer, "JobStatus");
    if (status === "COMPLETED") return { known: await servicesFrom(answer, page) };
    if (status !== "IN_PROGRESS") return { unknown: `AWS could not report its last use (${status})` };
    await wait(POLL_MILLISECONDS);
  }
  return { unknown: `AWS did not report its last use within ${(MOST_POLLS * POLL_MILLISECONDS) / 1000} s` };
}

async function servicesFrom(first: Answer, page: (marker: string) => Promise<Answer>): Promise<readonly ServiceUse[]> {
  const uses: ServiceUse[] = [];
  const markers = new Set<string>();
  for (let answer = first; ;) {
    for (const service of listIn(answer, "ServicesLastAccessed")) uses.push(useOf(service));
    if (answer["IsTruncated"] !== true) return uses;
    const marker = textIn(answer, "Marker");
    if (markers.has(marker)) throw new CliError("AWS gives the same page of last uses again");
    markers.add(marker);
    answer = await page(marker);
  }
}

function useOf(service: Answer): ServiceUse {
  const last = timeIn(service, "LastAuthenticated");
  const tracked =
    service["TrackedActionsLastAccessed"] === undefined ? [] : listIn(service, "TrackedActionsLastAccessed");
  return {
    service: textIn(service, "ServiceNamespace"),
    ...(last !== undefined && { last }),
    actions: tracked.map((action) => {
      const at = timeIn(action, "LastAccessedTime");
      return { name: textIn(action, "ActionName"), ...(at !== undefined && { last: at }) };
    }),
  };
}
