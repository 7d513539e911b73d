import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { bodyOf } from "./body-of";
import { closed, listening, LOOPBACK } from "./loopback";

const LONGEST_SECONDS = 900;

/** Stands for STS on one machine: answers AssumeRole with well-formed but worthless credentials. */
export class DevelopmentSts {
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  /** @returns its address */
  public async listen(): Promise<string> {
    return `http://${LOOPBACK}:${await listening(this.server)}`;
  }

  public close(): Promise<void> {
    return closed(this.server);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const asked = new URLSearchParams(await bodyOf(request));
      const known = asked.get("Action") === "AssumeRole" && request.headers.origin === undefined;
      response.writeHead(known ? 200 : 400, { "content-type": "text/xml" }).end(known ? assumed(asked) : UNKNOWN);
    } catch {
      response.destroy();
    }
  }
}

const UNKNOWN =
  "<ErrorResponse><Error><Code>InvalidAction</Code><Message>only AssumeRole is answered here</Message></Error></ErrorResponse>";

function assumed(asked: URLSearchParams): string {
  const seconds = Math.min(Number(asked.get("DurationSeconds")) || LONGEST_SECONDS, LONGEST_SECONDS);
  const expires = new Date(Date.now() + seconds * 1_000).toISOString();
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>ASIADEVELOPMENTONLY0</AccessKeyId><SecretAccessKey>${randomBytes(30).toString("base64")}</SecretAccessKey>
<SessionToken>development-only-${randomBytes(16).toString("hex")}</SessionToken><Expiration>${expires}</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>`;
}
