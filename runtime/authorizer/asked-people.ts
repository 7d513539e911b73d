import { z } from "zod";

export const accessRequest = z.object({
  id: z.string(),
  status: z.string(),
  expires_at: z.number(),
  group: z.string(),
});
export const requestableDenial = z.object({
  decision: z.literal(false),
  context: z.record(z.string(), z.unknown()),
  evaluation: z.record(z.string(), z.unknown()),
});

/** `decision`, `context` and `evaluation` of docs/access-requests.md */
export type RequestableDenial = z.infer<typeof requestableDenial>;

/** What people are asked: handle, `pending`, until when they can decide (whole seconds since the epoch), and who */
export type AccessRequest = z.infer<typeof accessRequest>;
