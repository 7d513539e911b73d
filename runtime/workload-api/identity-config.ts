import type { z } from "zod";
import { file, fits, object, oneOf } from "../config-values";
import { SOCKET_ADDRESS, socketPathIn } from "./socket-path";

/** Where a process has its own SVID from */
export const identityConfig = oneOf({
  workloadApi: fits(
    (value) => socketPathIn(value) !== undefined,
    `the address of a Workload API's socket, ${SOCKET_ADDRESS}`,
  ),
  files: object({
    certificate: file("a certificate with its intermediates in PEM"),
    key: file("its private key in PEM"),
    bundle: file("the trust bundle in PEM"),
  }),
});

export type IdentityConfig = z.infer<typeof identityConfig>;
