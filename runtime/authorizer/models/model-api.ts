import type { ModelApi } from "../../../domain";
import { anthropicMessages } from "./requests/anthropic-messages";
import { openaiChatCompletions } from "./requests/openai-chat-completions";
import { openaiResponses } from "./requests/openai-responses";
import type { Shape } from "./requests/shape";

/** What the gateway knows of an API of models */
export interface KnownApi {
  /** Below the tool's url */
  readonly path: string;
  readonly body: Shape;
  /** Members of the body by which an answer is bounded: of several the largest counts */
  readonly limits: readonly string[];
  /** Member of a member of the body by which a model thinks longer: at most as long as an answer may be */
  readonly thinking?: readonly [string, string];
  /** Member that must be there, as the API does more where it is not */
  readonly required?: string;
}

export const KNOWN_APIS: Readonly<Record<ModelApi, KnownApi>> = {
  "anthropic.messages": {
    path: "/v1/messages",
    body: anthropicMessages,
    limits: ["max_tokens"],
    thinking: ["thinking", "budget_tokens"],
  },
  "openai.responses": {
    path: "/v1/responses",
    body: openaiResponses,
    limits: ["max_output_tokens"],
    required: "store",
  },
  "openai.chat-completions": {
    path: "/v1/chat/completions",
    body: openaiChatCompletions,
    limits: ["max_completion_tokens", "max_tokens"],
    required: "store",
  },
};

/** The API whose path it is, exactly */
export function apiAt(path: string): ModelApi | undefined {
  const found = Object.entries(KNOWN_APIS).find(([, api]) => api.path === path);
  return found?.[0] as ModelApi | undefined;
}
