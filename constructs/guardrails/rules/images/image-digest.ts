import { IMAGE_TYPES, imagesOf, isPinned } from "../../private/images";
import type { BlockRule } from "../../rule";

/** A tag beside the digest is for people: the digest decides. */
export const imageDigest: BlockRule = {
  id: "AMBIT-IMAGES-DIGEST",
  severity: "high",
  what: "an image must be named by its digest",
  why: "a tag, latest above all, can be moved to another image after the review, and pods then run what no one has seen",
  fix: "write name@sha256:digest, after a tag or without one",
  standards: ["owasp-asi/ASI04", "owasp-mcp/MCP04", "sp800-53/SR-3", "sp800-53/SR-4", "maestro/L4"],
  looksAt: IMAGE_TYPES,
  *check(block, stack) {
    for (const { at, name, image } of imagesOf(block, stack)) {
      if (!isPinned(image)) yield { what: name, at, evidence: image };
    }
  },
};
