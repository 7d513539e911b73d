import { z } from "zod";
import { file, object, oneOf, table, text } from "../config-values";

/** Where the signed registry is, and whose signature counts */
export const registryConfig = object({
  from: oneOf({ file: file("the signed registry"), dynamodb: table }),
  /** Paths of PEM, or the PEM itself: any of them may have signed it */
  publicKeys: z
    .array(file("a public key in PEM"), { error: "must be an array of paths" })
    .min(1, { error: "must name at least one key" })
    .readonly(),
  scope: text("the scope that the registry was signed with, such as prod"),
});

export type RegistryConfig = z.infer<typeof registryConfig>;
