import { needs, objectOf, scalar } from "./shape";

// https://platform.openai.com/docs/guides/prompt-caching, of both APIs.

/** What is not in memory is written down. */
export const cacheRetention = needs("stored-responses", scalar, "in_memory", "in-memory", null);

export const cacheBreakpoint = objectOf({ mode: scalar });

export const cacheOptions = objectOf({
  mode: scalar,
  // For longer than without it
  ttl: needs("stored-responses", scalar, "30m", null),
  // The request is compared with one that the provider keeps.
  comparison_response_id: needs("previous-responses", scalar, null),
});
