/** Container images by digest. These digests are examples: no such images exist. */
export const images = {
  companion: `images.acme.example/ambit/companion@sha256:${"0".repeat(64)}`,
  "support-triage": `images.acme.example/agents/support-triage@sha256:${"1".repeat(64)}`,
} as const;
