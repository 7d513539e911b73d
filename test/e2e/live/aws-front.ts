import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { eventOf, IN_PROGRESS_XML, type KeyedSession, lastAccessedXml, type RecordedCall } from "./calls";

/** IAM answers so many lookups of CloudTrail a second (CloudTrail API, LookupEvents). */
const LOOKUPS_A_SECOND = 2;
const MOST_RESULTS = 50;
/** How much older than in moto roles are */
const AGE_MILLISECONDS = 200 * 86_400_000;
/** Of the operations that sessions call here, those that are management events */
const MANAGED = ["secretsmanager"];

/** What it answers, or refuses, in place of moto, which refuses requests in JSON by XML */
const OWN: readonly string[] = [
  "cloudtrail:ListPublicKeys",
  "cloudtrail:LookupEvents",
  "dynamodb:GetItem",
  "dynamodb:Query",
  "iam:GenerateServiceLastAccessedDetails",
  "iam:GetServiceLastAccessedDetails",
];

interface Asked {
  readonly service: string;
  readonly operation: string;
  readonly key: string;
  /** Parameters of a form or JSON */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly isJson: boolean;
}

interface Answered {
  readonly status: number;
  readonly body: string;
}

/**
 * Stands before moto, and records what sessions of roles ask for. From that it answers what moto has not: CloudTrail's event history and
 * access advisor, in the format of their APIs. To moto's roles it gives an age.
 */
export class AwsFront {
  /** Actions that are denied, as `iam:GetRole`; those that moto has it denies itself */
  public denied: readonly string[] = [];
  /** Actions of which the next so many requests are throttled */
  public readonly throttled = new Map<string, number>();
  /** Services that each role may use, by its ARN */
  public readonly services = new Map<string, readonly string[]>();
  public readonly calls: RecordedCall[] = [];
  /** Roles of which a report was asked for */
  public readonly reported = new Set<string>();
  /** Operations, in order */
  public readonly asked: string[] = [];
  /** What CloudTrail signs digests by, as it lists them */
  public publicKeys = "{}";
  /** Lookups that were too many in one second */
  public tooMany = 0;
  private readonly sessions = new Map<string, KeyedSession>();
  private readonly jobs: string[] = [];
  private lookups: number[] = [];

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  public static async before(target: string): Promise<AwsFront> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const front = new AwsFront(server, target);
    server.on("request", (asked, answer) => void front.handled(asked, answer).catch(() => answer.destroy()));
    return front;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handled(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const asked = askedIn(incoming, body.toString("utf8"));
    this.asked.push(`${asked.service}:${asked.operation}`);
    const own = this.ownAnswer(asked);
    if (own !== undefined) {
      const type = asked.isJson ? "application/x-amz-json-1.1" : "text/xml";
      return void answer.writeHead(own.status, { "content-type": type }).end(own.body);
    }
    const { method, url: path, headers } = incoming;
    const on = request(this.target, { method, path, headers, agent: false });
    on.end(body);
    const [from] = (await once(on, "response")) as [IncomingMessage];
    const said = await buffer(from);
    this.record(asked, said.toString("utf8"));
    const { "content-length": _, ...kept } = from.headers;
    answer.writeHead(from.statusCode ?? 502, kept).end(asked.service === "iam" ? aged(said.toString("utf8")) : said);
  }

  /** Undefined for what moto answers */
  private ownAnswer(asked: Asked): Answered | undefined {
    const action = `${asked.service}:${asked.operation}`;
    const left = this.throttled.get(action) ?? 0;
    if (left > 0) {
      this.throttled.set(action, left - 1);
      return failed(asked, 400, asked.isJson ? "ThrottlingException" : "Throttling", "Rate exceeded");
    }
    if (!OWN.includes(action)) return undefined;
    if (this.denied.includes(action)) {
      const why = `User: arn:aws:iam::111122223333:user/auditor is not authorized to perform: ${action}`;
      return failed(asked, asked.isJson ? 400 : 403, asked.isJson ? "AccessDeniedException" : "AccessDenied", why);
    }
    if (asked.service === "dynamodb") return undefined;
    if (action === "cloudtrail:ListPublicKeys") return { status: 200, body: this.publicKeys };
    if (action === "cloudtrail:LookupEvents") return this.lookedUp(asked);
    if (action === "iam:GenerateServiceLastAccessedDetails") {
      const job = `00000000-0000-4000-8000-${String(this.jobs.push(String(asked.parameters["Arn"]))).padStart(12, "0")}`;
      return result(asked, `<JobId>${job}</JobId>`);
    }
    return this.accessed(asked);
  }

  /** The first report of a role is not there at once. */
  private accessed(asked: Asked): Answered {
    const role = this.jobs[Number(String(asked.parameters["JobId"]).slice(-12)) - 1];
    if (role === undefined) return failed(asked, 404, "NoSuchEntity", "no such job");
    if (!this.reported.has(role)) {
      this.reported.add(role);
      return result(asked, IN_PROGRESS_XML);
    }
    return result(asked, lastAccessedXml(role, this.services.get(role) ?? [], this.calls));
  }

  private lookedUp(asked: Asked): Answered {
    const now = Date.now();
    this.lookups = this.lookups.filter((at) => now - at < 1_000);
    if (this.lookups.length >= LOOKUPS_A_SECOND) {
      this.tooMany += 1;
      return failed(asked, 400, "ThrottlingException", "Rate exceeded");
    }
    this.lookups.push(now);
    const { LookupAttributes, StartTime = 0, MaxResults = MOST_RESULTS, NextToken = "0" } = asked.parameters;
    const attributes = LookupAttributes as readonly { AttributeKey: string; AttributeValue: string }[];
    if (attributes.length !== 1 || attributes[0]?.AttributeKey !== "EventName") {
      return failed(asked, 400, "InvalidLookupAttributesException", "one attribute, EventName");
    }
    if (!(Number(MaxResults) <= MOST_RESULTS)) return failed(asked, 400, "InvalidMaxResultsException", "at most 50");
    const found = this.calls
      .map((call, number) => ({ call, number }))
      .filter(({ call }) => MANAGED.includes(call.service) && call.operation === attributes[0]?.AttributeValue)
      .filter(({ call }) => call.at / 1000 >= Number(StartTime))
      .sort((one, other) => other.call.at - one.call.at);
    const from = Number(NextToken);
    const until = from + Number(MaxResults);
    const Events = found.slice(from, until).map(({ call, number }) => eventOf(call, number));
    return { status: 200, body: JSON.stringify({ Events, ...(until < found.length && { NextToken: String(until) }) }) };
  }

  private record({ service, operation, key, parameters }: Asked, said: string): void {
    if (service === "sts" && operation === "AssumeRole") {
      const begun = /<AccessKeyId>([^<]+)/.exec(said)?.[1];
      const {
        RoleArn: role,
        RoleSessionName: name,
        SourceIdentity: sourceIdentity = "",
      } = parameters as Record<string, string>;
      if (begun !== undefined && role !== undefined && name !== undefined) {
        this.sessions.set(begun, { role, name, sourceIdentity });
      }
      return;
    }
    const session = this.sessions.get(key);
    if (session !== undefined) this.calls.push({ ...session, service, operation, key, parameters, at: Date.now() });
  }
}

function askedIn({ headers, method, url }: IncomingMessage, body: string): Asked {
  const [signer = "", , , service = ""] = (/Credential=([^,]+)/.exec(headers.authorization ?? "")?.[1] ?? "").split(
    "/",
  );
  const target = headers["x-amz-target"]?.toString();
  if (target !== undefined) {
    const operation = target.slice(target.lastIndexOf(".") + 1);
    return { service, operation, key: signer, parameters: JSON.parse(body) as Record<string, unknown>, isJson: true };
  }
  if (service === "s3") {
    const [, bucketName, ...key] = decodeURIComponent((url ?? "").split("?")[0] ?? "").split("/");
    const operation = method === "GET" && key.length > 0 ? "GetObject" : "";
    return { service, operation, key: signer, parameters: { bucketName, key: key.join("/") }, isJson: false };
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  return { service, operation: form["Action"] ?? "", key: signer, parameters: form, isJson: false };
}

function result({ operation }: Asked, inner: string): Answered {
  const whole = `<${operation}Result>${inner}</${operation}Result>`;
  const open = `${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"`;
  return {
    status: 200,
    body: `<${open}>${whole}<ResponseMetadata><RequestId>x</RequestId></ResponseMetadata></${operation}Response>`,
  };
}

function failed({ isJson }: Asked, status: number, code: string, message: string): Answered {
  if (isJson) return { status, body: JSON.stringify({ __type: code, message }) };
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  const open = `ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"`;
  return { status, body: `<${open}>${error}<RequestId>x</RequestId></ErrorResponse>` };
}

function aged(said: string): string {
  return said.replace(/(<CreateDate>)([^<]+)(<\/CreateDate>)/g, (_, open: string, date: string, close: string) => {
    return `${open}${new Date(Date.parse(date) - AGE_MILLISECONDS).toISOString()}${close}`;
  });
}
