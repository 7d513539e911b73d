import type { Rule } from "../rule";
import { admin } from "./spire/admin";
import { federation } from "./spire/federation";
import { insecureBootstrap } from "./spire/insecure-bootstrap";
import { joinToken } from "./spire/join-token";
import { keyManager } from "./spire/key-manager";
import { lifetime } from "./spire/lifetime";
import { sharedTemplate } from "./spire/shared-template";
import { unlogged } from "./spire/unlogged";
import { unverified } from "./spire/unverified";

export const SPIRE_RULES: readonly Rule[] = [
  admin,
  federation,
  insecureBootstrap,
  joinToken,
  keyManager,
  lifetime,
  sharedTemplate,
  unlogged,
  unverified,
];
