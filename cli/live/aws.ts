import { LABELS } from "../../constructs/platform/names";
import { byText } from "../../domain/by-text";
import type { Asked, DeployedRole, ServiceUse } from "../../governance/inventory/live/deployed";
import { CliError, type Io } from "../program";
import { progress } from "../progress";
import type { RunProgram } from "../stop/function-call";
import { type Answer, answerOf, listIn, objectIn, printedBy, textIn, timeIn, wholeListIn } from "./answers";
import { atOnce } from "./at-once";

export interface AwsParts {
  readonly run: RunProgram;
  readonly io: Io;
  readonly wait: (milliseconds: number) => Promise<void>;
}

const FORMAT = ["--output", "json"] as const;
const POLL_MILLISECONDS = 1_000;
const MOST_POLLS = 120;
const ARN = /^arn:[a-z-]+:iam::(\d{12}):role(\/[\w+=,.@/-]*\/)[\w+=,.@-]{1,64}$/;

/** Requests about roles at once: IAM counts them for the whole account. */
const AT_ONCE = 6;

export interface RolesInAws {
  /** By ARN */
  readonly roles: readonly DeployedRole[];
  /** Whether AWS answered each request about them: a last use that could not be asked is unknown. */
  readonly isWhole: boolean;
}

/**
 * Roles at the path of the declared ones, by the AWS command line and with the rights of the operator. Of the declared ones also their
 * last use (IAM API, GenerateServiceLastAccessedDetails); requests change nothing.
 *
 * @param declared ARNs
 * @throws CliError if AWS does not answer, or answers for another account
 */
export async function rolesInAws(declared: readonly string[], parts: AwsParts): Promise<RolesInAws> {
  const { account, path } = placeOf(declared);
  const { run, io } = parts;
  const identity = ["sts", "get-caller-identity", "--query", "Account", "--output", "text"];
  const yours = (await printedBy(run, "aws", identity)).trim();
  if (yours !== account) {
    throw new CliError(`the declared roles are in account ${account}, got rights in ${yours}: sign in to that one`);
  }
  const listing = ["iam", "list-roles", `--path-prefix=${path}`, ...FORMAT];
  const listed = wholeListIn(await progress(io, "listing roles", answerOf(run, "aws", listing)), "Roles");
  const arns = listed.map((role) => {
    const arn = textIn(role, "Arn");
    const [, owner, where = ""] = ARN.exec(arn) ?? [];
    if (owner !== account || !where.startsWith(path)) throw new CliError(`AWS lists ${arn} as a role at ${path}`);
    return arn;
  });
  const known = new Set(declared);
  let done = 0;
  let isWhole = true;
  const asking = atOnce(arns.sort(byText), AT_ONCE, async (arn) => {
    const role = await roleOf(arn, parts);
    if (!known.has(arn)) return { ...role, uses: { unknown: "the role is not declared" } };
    const uses = await usesOf(arn, parts).catch((error: unknown) => {
      if (!(error instanceof CliError)) throw error;
      isWhole = false;
      return { unknown: error.message };
    });
    done += 1;
    return { ...role, uses };
  });
  const roles = await progress(io, () => `asking AWS about ${arns.length} roles, ${done} are done`, asking);
  return { roles, isWhole };
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

async function roleOf(arn: string, { run }: AwsParts): Promise<Omit<DeployedRole, "uses">> {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  const role = objectIn(await answerOf(run, "aws", ["iam", "get-role", `--role-name=${name}`, ...FORMAT]), "Role");
  if (role["Arn"] !== arn) throw new CliError(`AWS answers about ${textIn(role, "Arn")}, asked for ${arn}`);
  const createdAt = timeIn(role, "CreateDate");
  if (createdAt === undefined) throw new CliError(`AWS does not say when ${arn} was created`);
  const tags = role["Tags"] === undefined ? [] : listIn(role, "Tags");
  const tag = tags.find(({ Key }) => Key === LABELS.agent);
  const lastUsed =
    role["RoleLastUsed"] === undefined ? undefined : timeIn(objectIn(role, "RoleLastUsed"), "LastUsedDate");
  return { arn, createdAt, ...(lastUsed !== undefined && { lastUsed }), ...(tag && { agent: textIn(tag, "Value") }) };
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
