import { type Context, Hono } from "hono";
import type { Clock } from "../clock";
import { type Log, told } from "../log";
import { cancelled, followed, HERE, submitted } from "./access-requests";
import type { Companion } from "./companion";
import type { IssuedToken } from "./exchange-client";
import { Problem } from "./problem";
import { HEADERS, refused } from "./refused";
import { beginningOf, jsonOf, malformed, wantedOf } from "./requests";
import type { Run } from "./run";
import { shownHandles } from "./shown-handles";
import type { ToldProblems } from "./told-problems";

const AWS = "/aws-credentials";

export interface AppProps {
  readonly companion: Companion;
  readonly clock: Clock;
  /** Told of what is refused */
  readonly problems: Pick<ToldProblems, "tell">;
  readonly log: Log;
}

type Act = (c: Context) => Promise<Response> | Response;
type Facts = Readonly<Record<string, unknown>>;
type Method = "DELETE" | "GET" | "POST";

type Routes = Readonly<Record<string, Readonly<Partial<Record<Method, Act>>>>>;

function routes({ companion, clock }: AppProps): Routes {
  return {
    "/live": { GET: () => json({ status: "ok" }) },
    "/ready": {
      GET: () => {
        const { problem } = companion;
        if (problem === undefined) return json({ status: "ok" });
        return refused(problem, { status: "unready", not_ready: ["identity"] });
      },
    },
    "/v1/runs": {
      POST: async ({ req }) => {
        const asked = beginningOf(await jsonOf(req.raw));
        const { run, first } = await companion.begin(asked);
        const { audience } = asked.wanted ?? {};
        const shown = first !== undefined && audience !== undefined && audience !== "aws";
        const token = shown ? { token: tokenBody(first, audience, clock()) } : {};
        return json({ ...runBody(run), ...token }, 201);
      },
    },
    "/v1/runs/:name": {
      GET: (c) => json(runBody(companion.run(namesOf(c)))),
      DELETE: async (c) => {
        await companion.end(namesOf(c));
        return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
      },
    },
    "/v1/runs/:name/token": {
      POST: async (c) => {
        const wanted = wantedOf(await jsonOf(c.req.raw));
        return json(tokenBody(await companion.token(namesOf(c), wanted), wanted.audience, clock()));
      },
    },
    ...accessRequests(companion, "/v1/runs/:name", (c) => companion.run(namesOf(c))),
    ...accessRequests(companion, "/v1/tasks/:name", (c) => companion.ofTask(named(c), handlesOf(c))),
    [`/v1/runs/:name${AWS}`]: { GET: async (c) => json((await companion.awsOfRun(namesOf(c))).body) },
    [`/v1/tasks/:name${AWS}`]: {
      GET: async (c) => json((await companion.awsOfTask(named(c), startOf(c.req.queries()), handlesOf(c))).body),
    },
  };
}

/** What people are asked about calls of a run */
function accessRequests(companion: Companion, below: string, runOf: (c: Context) => Run): Routes {
  return {
    [`${below}${HERE}`]: { POST: (c) => submitted(companion, runOf(c), c) },
    [`${below}${HERE}/:task`]: { GET: (c) => followed(companion, runOf(c), c) },
    [`${below}${HERE}/:task/cancel`]: { POST: (c) => cancelled(companion, runOf(c), c) },
  };
}

/** The endpoints of docs/companion.md, behind the guard */
export function companionApp(props: AppProps): Hono {
  const { log, problems } = props;
  const refusing = (
    problem: Problem,
    ...more: [more?: Facts, headers?: Readonly<Record<string, string>>]
  ): Response => {
    problems.tell(problem, "agent");
    return refused(problem, ...more);
  };
  const app = new Hono();
  for (const [path, acts] of Object.entries(routes(props))) {
    for (const [method, act] of Object.entries(acts)) app.on(method, path, act);
    const allow = Object.keys(acts).join(", ");
    app.all(path, () => refusing(Problem.of("companion.no-method"), {}, { allow }));
  }
  app.notFound(() => refusing(Problem.of("companion.no-address")));
  app.onError((error, { req }) => {
    const problem = error instanceof Problem ? error : Problem.of("companion.error");
    const because = error instanceof Problem ? problem.body.error_description : told(error);
    log("request.refused", { status: problem.status, codes: problem.codes, because: String(because) });
    return refusing(problem, req.path.endsWith(AWS) ? sdkMembers(problem) : {});
  });
  return app;
}

function json(body: object, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: HEADERS });
}

/** What the AWS SDKs show of a refusal */
function sdkMembers({ codes, body }: Problem): Readonly<Record<string, unknown>> {
  return { Code: codes[0], Message: body.error_description ?? body.error };
}

function runBody({ run, txn, sid, task, start, expiresAt }: Run): object {
  return { run, txn, sid, task, start, expires_at: expiresAt };
}

function tokenBody({ answer, expiresAt }: IssuedToken, audience: string, now: number): object {
  const { access_token, token_type, scope } = answer;
  return {
    access_token,
    token_type,
    expires_in: Math.max(0, expiresAt - now),
    expires_at: expiresAt,
    audience,
    ...(scope === undefined ? {} : { scope: scope.split(" ") }),
  };
}

function named({ req }: Context): string {
  const value = req.param("name");
  if (value === undefined || value === "" || value.length > 256) throw malformed("the address must name run or task");
  return value;
}

/** All by which a call names its run */
function namesOf(c: Context): readonly string[] {
  return [named(c), ...handlesOf(c)];
}

function handlesOf({ req }: Context): readonly string[] {
  return shownHandles({ run: req.raw.headers.get("ambit-run"), baggage: req.raw.headers.get("baggage") });
}

function startOf(query: Readonly<Record<string, readonly string[]>>): "agent" | undefined {
  const { start, ...others } = query;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw malformed(`the query must have start or nothing, got ${unknown}`);
  if (start === undefined) return undefined;
  if (start.length !== 1 || start[0] !== "agent") throw malformed("start must be agent, or be left out");
  return "agent";
}
