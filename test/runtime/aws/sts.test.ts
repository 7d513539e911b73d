import { STSClient } from "@aws-sdk/client-sts";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { RoleSession } from "../../../runtime/aws/assume-role";
import { assumeRole, STS_BOUNDS, STS_DEADLINE_SECONDS } from "../../../runtime/aws/sts";
import { FakeSts, stsError } from "../../support/exchange/fake-sts";
import { recorder } from "../../support/recorder";

const NOW = Date.UTC(2026, 10, 11, 9, 0, 0) / 1000;
const FAR = NOW + 3_600;
const session: RoleSession = {
  role: "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.support-triage",
  policy: "{}",
  agent: "support-triage",
  task: "answer",
  user: null,
  sid: "s-1",
  txn: "t-1",
};

test("answers in the shape of container credentials", async () => {
  const sts = new FakeSts(() => NOW);
  await expect(assumeRole(sts.client, session, FAR)).resolves.toEqual({
    AccessKeyId: "ASIA1",
    SecretAccessKey: "secret",
    Token: "token",
    Expiration: "2026-11-11T09:15:00Z",
  });
});

test("the end that the session policy holds is told, where STS would end the credentials later", async () => {
  const sts = new FakeSts(() => NOW);
  await expect(assumeRole(sts.client, session, NOW + 60)).resolves.toMatchObject({
    Expiration: "2026-11-11T09:01:00Z",
  });
});

test.each([
  ["PackedPolicyTooLargeException", 400, "aws.policy-too-large", "session policy and tags are larger than STS packs"],
  ["AccessDenied", 403, "aws.refused", "STS refused the role: AccessDenied"],
  ["MalformedPolicyDocumentException", 400, "aws.refused", "STS refused the role: MalformedPolicyDocument"],
  ["RegionDisabledException", 403, "aws.refused", "STS refused the role: RegionDisabled"],
  ["ValidationError", 400, "aws.refused", "STS refused the role: ValidationError"],
  ["Throttling", 400, "aws.unavailable", "STS did not answer"],
  ["ThrottlingException", 400, "aws.unavailable", "STS did not answer"],
  ["TooManyRequestsException", 429, "aws.unavailable", "STS did not answer"],
  ["InternalFailure", 500, "aws.unavailable", "STS did not answer"],
  ["ServiceUnavailable", 503, "aws.unavailable", "STS did not answer"],
  ["ExpiredTokenException", 400, "aws.unavailable", "STS did not answer"],
  ["InvalidClientTokenId", 403, "aws.unavailable", "STS did not answer"],
  ["SignatureDoesNotMatch", 403, "aws.unavailable", "STS did not answer"],
  ["RequestExpired", 400, "aws.unavailable", "STS did not answer"],
  ["TimeoutError", undefined, "aws.unavailable", "STS did not answer"],
  ["AbortError", undefined, "aws.unavailable", "STS did not answer"],
  ["CredentialsProviderError", undefined, "aws.unavailable", "STS did not answer"],
] as const)("fails on %s %s with %s", async (name, status, code, what) => {
  const sts = new FakeSts(() => NOW);
  const error = stsError(name, status);
  sts.answer = () => {
    throw error;
  };
  const refusal = await assumeRole(sts.client, session, FAR).catch((caught: unknown) => caught);
  expect(refusal).toMatchObject({ reasons: [{ code, what }], cause: error });
});

test.each([
  ["nothing", {}],
  ["no key", { Credentials: { SecretAccessKey: "s", SessionToken: "t", Expiration: new Date() } }],
  ["no secret", { Credentials: { AccessKeyId: "a", SessionToken: "t", Expiration: new Date() } }],
  ["no token", { Credentials: { AccessKeyId: "a", SecretAccessKey: "s", Expiration: new Date() } }],
  ["no end", { Credentials: { AccessKeyId: "a", SecretAccessKey: "s", SessionToken: "t" } }],
])("fails where STS answers with %s", async (_, answer) => {
  const sts = new FakeSts(() => NOW);
  sts.answer = () => answer;
  await expect(assumeRole(sts.client, session, FAR)).rejects.toMatchObject({ reasons: [{ code: "aws.unavailable" }] });
});

describe("over the network", () => {
  let server: Server | undefined;
  let client: STSClient | undefined;
  afterEach(async () => {
    client?.destroy();
    server?.closeAllConnections();
    await new Promise((done) => server?.close(done) ?? done(undefined));
  });

  async function clientOf(listener: RequestListener, bounds: object = STS_BOUNDS): Promise<STSClient> {
    server = createServer(listener);
    await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const credentials = { accessKeyId: "a", secretAccessKey: "s" };
    client = new STSClient({ endpoint: `http://127.0.0.1:${port}`, region: "eu-central-1", credentials, ...bounds });
    return client;
  }

  const failure = (code: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>secret detail</Message></Error></ErrorResponse>`;

  test.each([
    ["PackedPolicyTooLarge", 400, "aws.policy-too-large"],
    ["AccessDenied", 403, "aws.refused"],
    ["ExpiredToken", 403, "aws.unavailable"],
  ])("what STS writes as %s %s is %s, and its message stays here", async (code, status, reason) => {
    const { listener, asked } = recorder((response) => response.writeHead(status).end(failure(code)));
    const refusal = (await assumeRole(await clientOf(listener), session, FAR).catch(
      (error: unknown) => error,
    )) as Error;
    expect(refusal).toMatchObject({ reasons: [{ code: reason }] });
    expect(JSON.stringify({ ...refusal })).not.toContain("secret detail");
    expect(asked).toHaveLength(1);
  });

  test("what is throttled is asked three times in all", async () => {
    const { listener, asked } = recorder((response) => response.writeHead(400).end(failure("Throttling")));
    await expect(assumeRole(await clientOf(listener), session, FAR)).rejects.toMatchObject({
      reasons: [{ code: "aws.unavailable" }],
    });
    expect(asked).toHaveLength(3);
  });

  test("fails where STS does not answer in time", async () => {
    const quick = { maxAttempts: 1, requestHandler: { ...STS_BOUNDS.requestHandler, requestTimeout: 50 } };
    await expect(assumeRole(await clientOf(() => undefined, quick), session, FAR)).rejects.toMatchObject({
      reasons: [{ code: "aws.unavailable" }],
    });
  });

  test("all attempts together end before the exchange gives up on the request, which is after 10 s", () => {
    expect(STS_BOUNDS).toEqual({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
    expect(STS_DEADLINE_SECONDS).toBeLessThan(10);
  });
});
