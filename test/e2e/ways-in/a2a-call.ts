import { codesIn } from "../gateway/call";
import type { Pod } from "./pod";

/** As much of an answer as is looked at */
export interface A2aAnswer {
  readonly status: number;
  readonly text: string;
  /** Of the reasons why it was refused */
  readonly codes: readonly string[];
  /** Of the delegate's run */
  readonly reference: string;
  /** Id of the task that it tells of */
  readonly task: string | undefined;
}

/**
 * A request of A2A by JSON-RPC, as clients of a pod send it to its companion
 *
 * @param run handle of the request that it is for
 * @param delegate `<agent>.<task>`
 * @param path at which it takes JSON-RPC, without the slash in front
 */
export async function a2aCalled(
  { url }: Pod,
  run: string,
  delegate: string,
  [method, params]: readonly [method: string, params: object],
  path = "",
): Promise<A2aAnswer> {
  const answer = await fetch(`${url}/v1/runs/${run}/delegates/${delegate}/${path}`, {
    method: "POST",
    headers: { "a2a-version": "1.0", "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    codes: codesIn(text),
    reference: answer.headers.get("ambit-run") ?? "",
    task: answer.ok ? taskIn(text) : undefined,
  };
}

/** What a client sends to have a text answered */
export function saying(text: string, configuration: object = {}): readonly [string, object] {
  const message = { messageId: crypto.randomUUID(), role: "ROLE_USER", parts: [{ text }] };
  return ["SendMessage", { message, configuration }];
}

function taskIn(text: string): string | undefined {
  const { result = {} } = JSON.parse(text) as {
    result?: { readonly id?: string; readonly task?: { readonly id: string } };
  };
  return result.task?.id ?? result.id;
}
