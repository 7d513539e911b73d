import { flag, needs, objectOf, scalar } from "./shape";

// https://platform.openai.com/docs/guides/prompt-caching, of both APIs.

/** What is not in memory is written down. */
export const cacheRetention = needs("stored-responses", scalar, "in_memory", "in-memory", null);

/** For longer than without it */
const cacheTime = needs("stored-responses", scalar, "30m", null);

export const cacheBreakpoint = objectOf({ mode: scalar, ttl: cacheTime });

export const cacheOptions = objectOf({
  mode: scalar,
  prewarm: flag,
  ttl: cacheTime,
  // The request is compared with one that the provider keeps.
  comparison_response_id: needs("previous-responses", scalar, null),
});
