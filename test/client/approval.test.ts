import { AmbitClient, ApprovalPending, ApprovalRequired, type Run } from "../../client";
import { companionOfEachTest, refusal } from "../support/fake-companion";

const current = companionOfEachTest();

const begun = (): Run => new AmbitClient({ url: current.url }).run("answer", { start: "user", evidence: "proof" });
const bodies = (): unknown[] => current.companion.asked.map(({ body }) => body);

describe("an approval", () => {
  const call = { action: "refund", destination: "mcp.pay.acme.example", arguments: { amount: 5 } };
  const asksFor = (seconds: number): object => ({
    access_request: { id: "h-1", status: "pending", group: "leads", expires_at: Date.now() / 1000 + seconds },
  });
  const required = (seconds = 3_600): readonly [number, object] => {
    const { access_request: request } = asksFor(seconds) as { access_request: { expires_at: number } };
    const whole = { access_request: { ...request, expires_at: Math.floor(request.expires_at) } };
    return [403, refusal("approval_required", "approval.required", whole)];
  };
  const pending = [403, refusal("authorization_pending", "approval.pending")] as const;

  test("that is needed is an error with the handle", async () => {
    current.companion.reply = () => required();
    const error = await begun()
      .token("payments", { call })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApprovalRequired);
    expect(error).toMatchObject({ name: "ApprovalRequired", request: { id: "h-1", group: "leads" } });
    expect((error as ApprovalRequired).request.expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(bodies()[0]).toEqual({
      task: "answer",
      start: "user",
      evidence: "proof",
      audience: "tool:payments",
      ...call,
    });
  });

  test("without a sound handle is refused, and nothing is waited for", async () => {
    current.companion.reply = () => [
      403,
      refusal("approval_required", "approval.required", { access_request: { id: 7 } }),
    ];
    const error = await begun()
      .approvedToken("payments", call)
      .catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(ApprovalRequired);
    expect(error).toMatchObject({ error: "approval_required" });
  });

  test("that nobody has decided is an error of its own", async () => {
    current.companion.reply = () => pending;
    await expect(begun().token("payments", { call, approval: "h-1" })).rejects.toBeInstanceOf(ApprovalPending);
    expect(bodies()[0]).toMatchObject({ approval: "h-1" });
  });

  test("is waited for with the handle, through pauses of the companion, until it is there", async () => {
    const told: string[] = [];
    const replies = [required(), pending, [503, refusal("temporarily_unavailable", "x")] as const, pending];
    current.companion.reply = (_, count) => replies[count - 1];
    const wait = { pollMilliseconds: 5, onRequest: ({ id }: { id: string }) => void told.push(id) };
    await expect(begun().approvedToken("payments", call, wait)).resolves.toMatchObject({ value: "for-tool:payments" });
    expect(bodies().map((body) => (body as { approval?: string }).approval)).toEqual([
      undefined,
      "h-1",
      "h-1",
      "h-1",
      "h-1",
    ]);
    expect(told).toEqual(["h-1"]);
  });

  test("that is not needed is not waited for", async () => {
    await expect(begun().approvedToken("payments", call)).resolves.toMatchObject({ value: "for-tool:payments" });
    expect(current.companion.asked).toHaveLength(1);
  });

  test("that is refused ends the wait", async () => {
    current.companion.reply = (_, count) =>
      count === 1 ? required() : [403, refusal("access_denied", "approval.refused")];
    await expect(begun().approvedToken("payments", call, { pollMilliseconds: 5 })).rejects.toMatchObject({
      reasons: [{ code: "approval.refused" }],
    });
  });

  test("is waited for no longer than is said", async () => {
    current.companion.reply = (_, count) => (count === 1 ? required() : pending);
    const wait = { pollMilliseconds: 10, waitMilliseconds: 80 };
    await expect(begun().approvedToken("payments", call, wait)).rejects.toBeInstanceOf(ApprovalRequired);
  });

  test("is waited for no longer than it is open", async () => {
    current.companion.reply = (_, count) => (count === 1 ? required(1) : pending);
    await expect(begun().approvedToken("payments", call, { pollMilliseconds: 50 })).rejects.toBeInstanceOf(
      ApprovalRequired,
    );
  });

  test("is waited for until the caller gives up", async () => {
    current.companion.reply = (_, count) => (count === 1 ? required() : pending);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 40);
    await expect(
      begun().approvedToken("payments", call, { pollMilliseconds: 10_000, signal: controller.signal }),
    ).rejects.toMatchObject({ name: "AbortError" });
  });
});
